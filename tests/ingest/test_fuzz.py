"""Whatever bytes come in: no crash, and every row is accepted or set aside."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from pathlib import Path

import xlsxwriter
from footprint.errors import InputRejected
from footprint.ingest.layouts import layouts
from footprint.ingest.source import load_all
from footprint.schema import TABLES
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from .reading import ingest

EXPORTS = sorted((Path(__file__).parents[1] / "fixtures" / "exports").glob("*.csv"))
# The long form is ``make fuzz``.
EXAMPLES = int(os.environ.get("FOOTPRINT_FUZZ", "25"))
QUIET = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def rows_in(name: str, data: bytes) -> list[int]:
    """Rows of every table that was read; each is balanced, and what is refused says the mend."""
    heights: list[int] = []
    try:
        for source in load_all((name, data)):
            if isinstance(source, InputRejected):
                raise source
            sheets, refused = ingest(source, tz="Asia/Shanghai", key=b"k")
            for sheet in sheets:
                checked = sheet
                assert checked.good.height + checked.aside.height == sheet.rows
                assert sum(reason.count for reason in checked.reasons) == checked.aside.height
                heights.append(sheet.rows)
            assert all(one.mend("zh") and one.mend("en") for one in refused)
    except InputRejected as refusal:
        assert refusal.mend("zh") and refusal.mend("en")
    return heights


def workbook(rows: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return buffer.getvalue()


def zipped(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inner.csv", data)
    return buffer.getvalue()


STARTS = [
    b"", b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xd0\xcf\x11\xe0",
    b"order_id,order_ts,user_id,sku_id,qty,paid_amount\n",
]  # fmt: skip


@QUIET
@given(st.sampled_from(STARTS), st.binary(max_size=400))
@example(b"\xff\xfe", b"")
def test_random_bytes(start: bytes, rest: bytes) -> None:
    rows_in("any.csv", start + rest)


SEEDS = [path.read_bytes()[:3000] for path in EXPORTS]
SEEDS += [workbook(list(csv.reader(io.StringIO(EXPORTS[0].read_text("utf-8"))))), zipped(SEEDS[0])]
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), min_size=1, max_size=6)


@QUIET
@given(st.sampled_from(SEEDS), CHANGES, st.sampled_from(["utf-8", "gb18030", "cp950", "utf-16"]))
def test_damaged_exports(seed: bytes, changes: list[tuple[float, bytes]], codec: str) -> None:
    data = seed
    if not seed.startswith(b"PK"):
        data = seed.decode("utf-8", "ignore").encode(codec, "replace")
    for where, patch in changes:
        at = int(where * len(data))
        data = data[:at] + patch + data[at + len(patch) :]
    rows_in("damaged", data)


HEADINGS = sorted(
    {c.name for t in TABLES.values() for c in t.columns}
    | {heading for one in layouts() for heading in (*one.recognise, *one.kept_headings())}
)
CELL = st.one_of(
    st.sampled_from(["", "-", "1", "2026-11-10", "03/04/2026", "合计", "Total", "1.2万", "5.43E+16",
                     "#1", "是", "12.3%", "广东", "13800138000", "a,b", 'a"b',
                     "6912345678901234567"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=6),
)  # fmt: skip
COMPLETE = [list(table.required) for table in TABLES.values()]
COMPLETE += [[*one.recognise, *one.mapping] for one in layouts()]
HEADS = st.one_of(
    st.sampled_from(COMPLETE), st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=8)
)


@QUIET
@given(st.data(), HEADS, st.sampled_from([",", "\t", ";", "|"]))
def test_random_tables(data: st.DataObject, heads: list[str], delimiter: str) -> None:
    width = len(heads)
    rows = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([heads, *rows])
    found = rows_in("any.csv", text.getvalue().encode())
    full = sum(any(cell.strip() for cell in row) for row in rows)
    assert sum(found) <= full
    in_book = rows_in("any.xlsx", workbook([heads, *rows]))
    assert sum(in_book) <= full


@QUIET
@given(st.lists(st.sampled_from(["2026-11-10", "never", "2026/1/5", ""]), min_size=1, max_size=12))
def test_no_row_is_lost(days: list[str]) -> None:
    head = "order_id,order_ts,user_id,sku_id,qty,paid_amount\n"
    text = head + "".join(f"{at},{day},u,s,1,5\n" for at, day in enumerate(days))
    for data in (text.encode(), text.encode("utf-16"), zipped(text.encode())):
        assert rows_in("any.csv", data) == [len(days)]
