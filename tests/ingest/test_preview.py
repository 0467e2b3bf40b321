"""The preview: what was understood, what is asked, what would be wrong; nothing is changed."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from footprint.errors import UsageError
from footprint.ingest.choices import Answers, answers_of
from footprint.ingest.preview import SheetPreview
from footprint.workspace import Workspace

EXPORTS = sorted((Path(__file__).parents[1] / "fixtures" / "exports").glob("*.csv"))
HEAD = "order_id,order_ts,user_id,sku_id,qty,paid_amount"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "shop")


def sheet(ws: Workspace, text: str | bytes, answers: Answers | None = None) -> SheetPreview:
    data = text if isinstance(text, bytes) else text.encode()
    (found,) = ws.preview(("a.csv", data), answers).sheets
    return found


@pytest.mark.parametrize(("head", "line"), [("alpha,beta,gamma,delta,eps,zeta\n", 1), ("", 0)])
def test_saying_the_table_opens_a_file_of_unknown_headings(
    ws: Workspace, head: str, line: int
) -> None:
    text = head + "A1,2026-11-10,u,s,1,5\nA2,2026-11-10,u,s,1,5\n"
    refusal = sheet(ws, text).refused
    assert refusal
    for lang in ("zh", "en"):
        assert refusal.what(lang) in refusal.on_page(lang)
        assert "--map" not in refusal.on_page(lang) and "footprint " not in refusal.on_page(lang)
    again = pickle.loads(pickle.dumps(refusal))
    assert again.on_page("en") == refusal.on_page("en")
    said = Answers().with_sheet("a.csv", table="orders")
    found = sheet(ws, text, said)
    assert (found.refused, found.heading_row, found.rows) == (None, line, 2)
    assert {asked.column for asked in found.open} >= {"order_id", "user_id", "sku_id"}
    names = [column.heading for column in found.columns if " → " not in column.heading]
    for name, column in zip(names, HEAD.split(","), strict=True):
        said = said.map("a.csv", name, column)
    assert sheet(ws, text, said).ready
    assert ws.import_files(("a.csv", text.encode()), answers=said).accepted == 2
    (refused,) = ws.import_files(("b.csv", text.encode()), table="streams").files
    assert refused.refused and "required columns are missing" in refused.refused.what.en
    assert "--map" in refused.refused.message("en")
    assert "--map" not in refused.refused.on_page("en")


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_an_export_asks_nothing_but_the_meaning_of_gmv(ws: Workspace, path: Path) -> None:
    (found,) = ws.preview(path).sheets
    assert found.layout == path.stem
    assert found.ready
    assert {asked.kind for asked in found.questions if not asked.settled} <= {"meaning"}
    assert not [column for column in found.columns if column.found == "value"]
    report = ws.commit(ws.preview(path)).files[0]
    told = (found.accepted, found.effect.added, found.effect.changed) if found.effect else None
    assert told == (report.accepted, report.added, report.changed)
    assert found.reasons == report.reasons
    json.dumps(ws.preview(path).to_dict("zh"))


def test_the_meaning_of_gmv_is_asked_once_and_remembered(ws: Workspace) -> None:
    path = next(path for path in EXPORTS if path.stem == "douyin_streams")
    text = path.read_bytes()
    first = sheet(ws, text)
    (asked,) = [one for one in first.questions if one.kind == "meaning"]
    assert (asked.said, asked.default) == (None, "直播间用户支付金额")
    answers = Answers().answer("a.csv", "meaning:gmv", "净成交金额")
    ws.commit(ws.preview(("a.csv", text), answers))
    net = ws.data().frame("streams")["gmv"].sum()
    other = text.replace(b"zb088", b"zb999")
    again = sheet(ws, other)
    assert [one.said for one in again.questions if one.kind == "meaning"] == ["净成交金额"]
    ws.undo()
    ws.commit(ws.preview(("a.csv", other)))
    assert ws.data().frame("streams")["gmv"].sum() == net


def test_samples_and_first_lines_show_nobody(ws: Workspace) -> None:
    text = f"{HEAD},收货人,手机号\n1,2026-11-10,13800138000,s,1,5,王小明,13900139000\n"
    found = sheet(ws, text)
    shown = str([column.samples for column in found.columns]) + str(found.head)
    for secret in ("13800138000", "王小明", "13900139000"):
        assert secret not in shown
    assert "138****8000" in shown
    assert {column.heading: column.personal for column in found.columns}["手机号"] == "drop"


def test_a_column_of_addresses_is_dropped_unless_kept_by_word(ws: Workspace) -> None:
    rows = "".join(f"{i},2026-11-10,u,s,1,5,广东省深圳市南山区科技路{i}号\n" for i in range(5))
    text = f"{HEAD},region\n{rows}"
    asked = next(one for one in sheet(ws, text).questions if one.kind == "personal")
    assert (asked.id, asked.default, asked.settled) == ("personal:region", "drop", False)
    ws.commit(ws.preview(("a.csv", text.encode())))
    assert ws.data().frame("orders")["region"].null_count() == 5
    ws.undo()
    hashed = Answers().answer("a.csv", "personal:region", "hash")
    ws.commit(ws.preview(("a.csv", text.encode()), hashed))
    assert ws.data().frame("orders")["region"].str.contains("^u_[0-9a-f]{20}$").all()


def test_unknown_headings_are_told_by_values_or_asked(ws: Workspace) -> None:
    text = "no,when,who,what,n,money\n" + "".join(
        f"A{i},2026-11-{1 + i:02} 08:00:00,u{i},s{i},{1 + i},{i}.55\n" for i in range(9)
    )
    found = sheet(ws, text, Answers().with_sheet("a.csv", table="orders", heading=1))
    named = {column.column: (column.heading, column.found) for column in found.columns}
    assert named["order_ts"] == ("when", "value")
    open_ = {asked.column: [option.value for option in asked.options] for asked in found.open}
    assert set(open_) == {"order_id", "user_id", "sku_id", "qty", "paid_amount"}
    assert open_["qty"][0] == "n"
    answers = Answers().with_sheet("a.csv", table="orders", heading=1)
    for column, heading in (("order_id", "no"), ("user_id", "who"), ("sku_id", "what"),
                            ("qty", "n"), ("paid_amount", "money")):  # fmt: skip
        answers = answers.answer("a.csv", f"required:{column}", heading)
    assert sheet(ws, text, answers).ready
    assert ws.commit(ws.preview(("a.csv", text.encode()), answers)).accepted == 9
    (profile,) = ws.mappings()
    assert profile.said["required:qty"] == "n"
    assert sheet(ws, text.replace("A", "B")).ready
    other = Workspace(ws.path.parent / "other")
    other.import_mappings(ws.export_mappings())
    assert sheet(other, text).ready


def test_a_heading_can_be_mapped_and_left_out(ws: Workspace) -> None:
    text = f"{HEAD},discount\n1,2026-11-10,u,s,1,5,2\n"
    mapped = sheet(ws, text, Answers().map("a.csv", "discount", "platform_coupon"))
    assert {c.heading: (c.column, c.found) for c in mapped.columns}["discount"] == (
        "platform_coupon", "asked",
    )  # fmt: skip
    out = sheet(ws, text, Answers().map("a.csv", "discount", ""))
    assert {c.heading: c.column for c in out.columns}["discount"] is None
    with pytest.raises(UsageError):
        ws.preview(("a.csv", text.encode()), Answers().map("a.csv", "discount", "no_such"))


@pytest.mark.parametrize(
    ("cells", "way", "sums"),
    [
        (["1.234,56", "12,5", "3.000,00"], "comma", 4247.06),
        (["1,234.56", "12.5", "3,000.00"], "point", 4247.06),
    ],
)
def test_decimal_signs_are_settled_by_the_column(ws: Workspace, cells, way, sums) -> None:
    rows = "".join(f'{i};2026-11-10;u;s;1;"{cell}"\n' for i, cell in enumerate(cells))
    found = sheet(ws, HEAD.replace(",", ";") + "\n" + rows)
    assert found.effect is not None
    assert found.effect.gmv_after == sums
    if way == "comma":
        (asked,) = [one for one in found.questions if one.kind == "decimal"]
        assert asked.settled and asked.default == "comma" and "1.234,56" in asked.why.en


def test_both_decimal_signs_in_one_column_are_asked_about(ws: Workspace) -> None:
    cells = ["1,5", "2,5", "3,5", "4,5", "1.5", "2.5", "3.5", "4.5"]
    rows = "".join(f'{i};2026-11-10;u;s;1;"{cell}"\n' for i, cell in enumerate(cells))
    found = sheet(ws, HEAD.replace(",", ";") + "\n" + rows)
    assert [asked.id for asked in found.open] == ["decimal:paid_amount"]
    said = sheet(
        ws, HEAD.replace(",", ";") + "\n" + rows,
        Answers().answer("a.csv", "decimal:paid_amount", "comma"),
    )  # fmt: skip
    assert (said.accepted, sum(reason.count for reason in said.reasons)) == (4, 4)


def test_rows_meet_the_other_tables(ws: Workspace) -> None:
    streams = (
        "stream_id,start_ts,end_ts,platform,host_id,category\n"
        "st1,2026-11-10 20:00,2026-11-10 22:00,douyin,h,fresh\n"
    )
    ws.import_files(("streams.csv", streams.encode()))
    events = (
        "event_ts,user_id,event_type,session_id,channel\n"
        "2026-11-10 07:00:00,u1,click,x1,ads\n2026-11-01 07:00:00,u2,click,,ads\n"
    )
    orders = (
        f"{HEAD},stream_id\n1,2026-11-10 08:00:00,u1,s,1,5,st1\n"
        "2,2026-11-10 08:00:00,u2,s,1,5,st9\n3,2026-11-10 08:00:00,u3,s,1,5,st1\n"
    )
    preview = ws.preview([("orders.csv", orders.encode()), ("events.csv", events.encode())])
    told = {(join.of, join.to): (join.joined, join.rows, join.unknown) for join in preview.joins}
    assert told["orders", "streams"] == (2, 3, ("st9",))
    assert told["orders", "touch"][:2] == (2, 3)
    assert told["orders", "session"][:2] == (1, 3)
    unlocked = {unlock.question for unlock in preview.unlocks}
    assert "attribution" in unlocked
    assert ws.tables()[0].name == "streams" and len(ws.tables()) == 1


def test_headings_can_be_chosen_or_be_absent(ws: Workspace) -> None:
    text = f"order_id,region\n{HEAD}\n1,2026-11-10,u,s,1,5\n"
    chosen = sheet(ws, text, Answers().with_sheet("a.csv", heading=2))
    assert (chosen.heading_row, chosen.accepted) == (2, 1)
    bare = "1,2026-11-10 08:00:00,u,s,1,5.5\n2,2026-11-11 08:00:00,u,s,1,6.5\n"
    refused = sheet(ws, bare)
    assert refused.refused is not None and "no headings" in refused.refused.what.en
    none = sheet(ws, bare, Answers().with_sheet("a.csv", heading=0, table="orders"))
    named = {column.column: column.heading for column in none.columns}
    assert named["order_ts"] == "column 2"
    assert {asked.column for asked in none.open} == {
        "order_id", "user_id", "sku_id", "qty", "paid_amount",
    }  # fmt: skip


def test_sheets_can_be_left_out_and_names_are_told_apart(ws: Workspace) -> None:
    good = f"{HEAD}\n1,2026-11-10,u,s,1,5\n".encode()
    other = good.replace(b"\n1,", b"\n2,")
    preview = ws.preview([("a.csv", good), ("a.csv", other)])
    assert [one.id for one in preview.sheets] == ["a.csv", "a (2).csv"]
    answers = Answers().with_sheet("a (2).csv", skip=True)
    report = ws.commit(preview, answers)
    assert [file.skipped for file in report.files] == [False, True]
    assert ws.data().frame("orders")["order_id"].to_list() == ["1"]


def test_answers_are_plain_values(ws: Workspace) -> None:
    answers = Answers(keep_raw=True).answer("a.csv", "rate:x", "percent").map("b.csv", "h", "qty")
    assert answers_of(json.loads(json.dumps(answers.to_dict()))) == answers


def test_a_file_that_is_in_already_says_so(ws: Workspace) -> None:
    text = f"{HEAD}\n1,2026-11-10,u,s,1,5\n"
    ws.commit(ws.preview(("a.csv", text.encode())))
    again = sheet(ws, text)
    assert again.already and not again.ready
