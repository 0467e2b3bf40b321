"""Headings: how they are compared, which row holds them, and what they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from footprint.errors import InputRejected, Where
from footprint.schema import TABLES
from footprint.text import Text

_DATA = re.compile(r"[￥¥$+\-]?\d[\d.,:/\- T年月日时分秒%Z+]*")
_JOINTS = re.compile(r"[\s_\-:：\ufeff\"'`*]+")
_UNIT = re.compile(r"\((元|￥|¥|cny|rmb|人民币|秒|s|%)\)$")


_ON_PAGE = Text(
    "请在下面选择这是哪张表，再逐列说明；或改用模板。",
    "Choose below which table this is, then say what each column means; or use a template.",
)


class HeadingsUnknown(InputRejected):
    """No line of a sheet has a known heading. ``line`` (from 1; 0: none) is where they are if a
    person says which table it is."""

    def __init__(self, what: Text, mend: Text, where: Where, line: int) -> None:
        self.line = line
        super().__init__(what, mend, where, _ON_PAGE)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.mend, self.where, self.line)


def normal(heading: str) -> str:
    """A heading as it is compared: width, case, blanks, joints, script and unit do not count."""
    flat = _JOINTS.sub("", unicodedata.normalize("NFKC", heading).lower())
    return _simplified(_UNIT.sub("", flat) or flat)


def _simplified(text: str) -> str:
    """Traditional headings (訂單編號) in simplified characters, which GB2312 holds all of."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return str(_converter().convert(text)).replace("暱", "昵")
    return text


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def known_headings() -> frozenset[str]:
    """Every heading any table of the schema knows, in compared form."""
    return frozenset(
        normal(heading)
        for table in TABLES.values()
        for column in table.columns
        for heading in column.headings
    )


def find_headings(
    rows: Sequence[Sequence[str]], name: str, score: Callable[[Iterable[str]], int]
) -> int:
    """Which of the first rows holds the headings: the one with most known, fewest data-like.

    Raises HeadingsUnknown when none does, and says whether headings are absent or unknown.
    """
    known = [score(row) for row in rows]
    marks = [k - _data_like(row) for k, row in zip(known, rows, strict=True)]
    best = max(range(len(rows)), key=lambda at: (marks[at], -at)) if rows else 0
    if rows and marks[best] > 0:
        return best
    raise _no_headings(rows, name) if _first_is_data(rows) else _unknown(rows, name)


def two_lines(
    rows: Sequence[Sequence[str]], top: int, score: Callable[[Iterable[str]], int]
) -> tuple[int, tuple[str, ...]]:
    """Last line and texts of the headings found at ``top``, joined with a line above or below.

    Merged headings stand in two lines, a group over its columns; they are joined when that makes
    more of them known. Equal headings are told apart: the second becomes ``heading (2)``.
    """
    best, last, found = score(rows[top]), top, [cell.strip() for cell in rows[top]]
    for upper in (top, top - 1):
        if not 0 <= upper < len(rows) - 1 or _data_like(rows[upper + 1]):
            continue
        joined = _joined(rows[upper], rows[upper + 1], score)
        if len(rows[upper]) == len(rows[upper + 1]) and score(joined) > best:
            best, last, found = score(joined), upper + 1, joined
    return last, _unlike(found)


def _joined(
    upper: Sequence[str], lower: Sequence[str], score: Callable[[Iterable[str]], int]
) -> list[str]:
    names: list[str] = []
    group = ""
    for above, below in zip(upper, lower, strict=False):
        group = above.strip() or group
        tries = [group + below.strip(), below.strip()] if below.strip() else [above.strip()]
        names.append(next((name for name in tries if score([name])), tries[0]))
    return names


def _unlike(headings: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    names: list[str] = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        again = heading and seen[heading] > 1
        names.append(f"{heading} ({seen[heading]})" if again else heading)
    return tuple(names)


def numbered(width: int) -> tuple[str, ...]:
    """Names for the columns of a sheet without headings."""
    return tuple(f"column {at + 1}" for at in range(width))


def looks_like_data(row: Sequence[str]) -> bool:
    """Whether a cell of the row is a number or a time, which no heading is."""
    return _data_like(row) > 0


def _data_like(row: Sequence[str]) -> int:
    return sum(1 for cell in row if _DATA.fullmatch(cell.strip()))


def _first_is_data(rows: Sequence[Sequence[str]]) -> bool:
    return not rows or max(_data_like(row) for row in rows[:4]) > 0


def _no_headings(rows: Sequence[Sequence[str]], name: str) -> HeadingsUnknown:
    first = _widest(rows)
    return HeadingsUnknown(
        Text(
            f"没有表头，第一行就是数据（{first}）",
            f"there are no headings, the first row is data ({first})",
        ),
        Text(
            "请在第一行写上列名，可用“footprint template orders”取模板。",
            "Put column names into the first row; “footprint template orders” gives a template.",
        ),
        Where(name, 1),
        _line(rows),
    )


def _unknown(rows: Sequence[Sequence[str]], name: str) -> HeadingsUnknown:
    first = _widest(rows)
    return HeadingsUnknown(
        Text(f"没有认出任何列（{first}）", f"no column was recognised ({first})"),
        Text(
            "请指定对应的列，例如 --map 我的列名=order_id，或用模板。",
            "Say what they mean, e.g. --map MY_HEADING=order_id, or use a template.",
        ),
        Where(name, 1),
        _line(rows),
    )


def _line(rows: Sequence[Sequence[str]]) -> int:
    return 0 if rows and looks_like_data(rows[0]) else 1


def _widest(rows: Sequence[Sequence[str]]) -> str:
    cells = max(rows[:4], key=len, default=())
    shown = ", ".join(cell.strip() for cell in cells[:5])
    return shown if len(shown) <= 80 else shown[:79] + "…"
