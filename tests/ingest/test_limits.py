"""What no table should be: bombs, endless lines, thousands of columns, NUL bytes, formulas."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from footprint.errors import InputRejected
from footprint.ingest import excel
from footprint.ingest.source import load
from footprint.workspace import Workspace

from .reading import ingest

HEAD = "order_id,order_ts,user_id,sku_id,qty,paid_amount"
ROW = "1,2026-11-10 08:00:00,u1,s1,1,50"


def read(name: str, data: bytes):
    return ingest(load((name, data)), tz="UTC", key=b"k")


def test_ten_thousand_columns_are_refused() -> None:
    wide = HEAD + "," + ",".join(f"c{i}" for i in range(10_000))
    with pytest.raises(InputRejected, match="10006 columns"):
        read("a.csv", f"{wide}\n{ROW}{',' * 10_000}\n".encode())


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs the Linux /proc")
def test_a_line_of_100_mb_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        file.write(f"{HEAD}\n{ROW}\n".encode())
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(f"\n{ROW.replace('1', '2', 1)}\n".encode())
    code = (
        "import sys; from pathlib import Path; from footprint.workspace import Workspace\n"
        "report = Workspace(Path(sys.argv[1])).import_files(Path(sys.argv[2]))\n"
        "print(report.files[0].refused.message('en'))\n"
        # A child's rusage begins at its parent's peak; this is its own.
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "shop"), str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "row 3" in done.stdout and "too long for a row" in done.stdout
    assert int(done.stdout.split()[-1]) < 400_000


def test_rows_with_nul_bytes_are_set_aside() -> None:
    early = f"{HEAD}\n{ROW}\n2,2026-11-10,u\x00,s1,1,5\n".encode()
    with pytest.raises(InputRejected, match="binary"):
        read("a.csv", early)
    rows = "".join(f"{i},2026-11-10,u,s,1,5\n" for i in range(3, 900))
    late = f"{HEAD}\n{ROW}\n{rows}x,2026-11-10,u\x00v,s1,1,5\n".encode()
    assert b"\x00" not in late[:4096]
    (sheet,), _ = read("a.csv", late)
    assert [(r.code, r.count) for r in sheet.reasons] == [("unreadable_letters", 1)]


def test_a_csv_of_one_column() -> None:
    with pytest.raises(InputRejected, match="required columns are missing"):
        read("a.csv", b"order_id\n1\n2\n")
    with pytest.raises(InputRejected):
        read("a.csv", b"just\nwords\nhere\n")


def test_formulas_are_text_and_never_leave_as_formulas(tmp_path: Path) -> None:
    ws = Workspace(tmp_path / "shop")
    rows = f"{HEAD},refund_reason\n1,2026-11-10,u,s,1,5,=cmd|' /C calc'!A0\n"
    rows += "2,2026-11-10,u,s,1,-5,@SUM(A1)\n"
    (file,) = ws.import_files(("a.csv", rows.encode())).files
    assert ws.data().frame("orders")["refund_reason"].to_list() == ["=cmd|' /C calc'!A0"]
    assert file.upload_id is not None
    assert ",'@SUM(A1)" in ws.set_aside_csv(file.upload_id, "en").decode()


def test_a_workbook_formula_gives_its_value() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, ROW.split(",")[:5])
        sheet.write_formula(1, 5, "=40+2", value=42)
    (read_,), _ = read("a.xlsx", buffer.getvalue())
    assert read_.good["paid_amount"].to_list() == [42.0]


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(excel, "LARGEST_BYTES", 2_000)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet().write_row(0, 0, HEAD.split(","))
    with pytest.raises(InputRejected, match="CSV"):
        read("a.xlsx", buffer.getvalue())


def test_a_bomb_inside_a_zip_is_refused_before_it_fills_anything(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        packed.writestr("orders.csv", (HEAD + "\n").encode() + b"0" * 300_000_000)
    ws = Workspace(tmp_path / "shop")
    (file,) = ws.import_files(("bomb.zip", buffer.getvalue())).files
    assert file.refused is not None and "too large" in file.refused.what.en
    assert ws.tables() == []


OLD = Path(__file__).parents[1] / "fixtures" / "orders.xls"


def test_an_old_excel_file() -> None:
    (sheet,), _ = read("orders.xls", OLD.read_bytes())
    good = sheet.good.select("order_id", "sku_id", "qty", "paid_amount").rows()
    assert good == [("0012", "00123", 2, 99.5), ("0013", "00124", 1, 1000.5)]
    assert sheet.good["order_ts"].dt.to_string("%Y-%m-%d %H:%M").to_list() == [
        "2026-11-10 08:00", "2026-11-11 09:30",
    ]  # fmt: skip
