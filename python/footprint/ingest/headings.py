"""Headings: how they are compared, which row holds them, and what they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from footprint.errors import InputRejected, Where
from footprint.schema import TABLES
from footprint.text import Text

_DATA = re.compile(r"[￥¥$+\-]?\d[\d.,:/\- T年月日时分秒%Z+]*")
_JOINTS = re.compile(r"[\s_\-:：\ufeff\"'`*]+")
_UNIT = re.compile(r"\((元|￥|¥|cny|rmb|人民币|秒|s)\)$")


def normal(heading: str) -> str:
    """A heading as it is compared: width, case, blanks, joints and a trailing unit do not count."""
    flat = _JOINTS.sub("", unicodedata.normalize("NFKC", heading).lower())
    return _UNIT.sub("", flat) or flat


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

    Raises InputRejected when none does, and says whether headings are absent or unknown.
    """
    known = [score(row) for row in rows]
    marks = [k - _data_like(row) for k, row in zip(known, rows, strict=True)]
    best = max(range(len(rows)), key=lambda at: (marks[at], -at)) if rows else 0
    if rows and marks[best] > 0:
        return best
    raise _no_headings(rows, name) if _first_is_data(rows) else _unknown(rows, name)


def _data_like(row: Sequence[str]) -> int:
    return sum(1 for cell in row if _DATA.fullmatch(cell.strip()))


def _first_is_data(rows: Sequence[Sequence[str]]) -> bool:
    return not rows or max(_data_like(row) for row in rows[:4]) > 0


def _no_headings(rows: Sequence[Sequence[str]], name: str) -> InputRejected:
    first = _widest(rows)
    return InputRejected(
        Text(
            f"没有表头，第一行就是数据（{first}）",
            f"there are no headings, the first row is data ({first})",
        ),
        Text(
            "请在第一行写上列名，可用“footprint template orders”取模板。",
            "Put column names into the first row; “footprint template orders” gives a template.",
        ),
        Where(name, 1),
    )


def _unknown(rows: Sequence[Sequence[str]], name: str) -> InputRejected:
    first = _widest(rows)
    return InputRejected(
        Text(f"没有认出任何列（{first}）", f"no column was recognised ({first})"),
        Text(
            "请指定对应的列，例如 --map 我的列名=order_id，或用模板。",
            "Say what they mean, e.g. --map MY_HEADING=order_id, or use a template.",
        ),
        Where(name, 1),
    )


def _widest(rows: Sequence[Sequence[str]]) -> str:
    cells = max(rows[:4], key=len, default=())
    shown = ", ".join(cell.strip() for cell in cells[:5])
    return shown if len(shown) <= 80 else shown[:79] + "…"
