"""Edit, assign, freeze, compare: what is kept, what never changes, and who may do it."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from footprint.access import Person, acting
from footprint.errors import FootprintError, Forbidden, UsageError, WorkspaceError
from footprint.review import html
from footprint.review.actions import Action, due_of
from footprint.review.followup import score
from footprint.review.frames import frame_of, sheet_of
from footprint.review.judging import accuracy, log
from footprint.review.report import name_of, packed
from footprint.workspace import Workspace
from hypothesis import given
from hypothesis import strategies as st

from .shops import NASTY, WEEK, opened, orders_csv


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return opened(tmp_path / "shop")


def test_order_left_out_and_remarks_are_kept_and_come_back(shop: Workspace) -> None:
    brief, review = shop.brief(WEEK), shop.review
    first, second = (finding.id for finding in brief.findings)
    review.move(brief, second, -1)
    review.remark(WEEK, first, f" {NASTY} ")
    found = Workspace(shop.path).review.draft(brief)
    assert [finding.id for finding in found.findings] == [second, first]
    assert [said.remark["words"] for said in found.said] == [NASTY]
    review.hide(WEEK, second)
    found = review.draft(brief)
    assert [f.id for f in found.findings] == [first]
    assert [f.id for f in found.hidden] == [second]
    assert review.report(brief)["hidden"] == 1
    review.hide(WEEK, second, False)
    review.withdraw(found.said[0].id)
    assert not review.draft(brief).said
    actions = [line["action"] for line in shop.audit()]
    assert {"review_order", "review_hide", "review_show", "comment", "comment_withdrawn"} <= set(
        actions
    )


def test_a_move_beyond_the_end_changes_nothing(shop: Workspace) -> None:
    brief = shop.brief(WEEK)
    ids = [finding.id for finding in brief.findings]
    shop.review.move(brief, ids[0], -1)
    shop.review.move(brief, ids[-1], 1)
    shop.review.move(brief, "nobody", 1)
    assert [finding.id for finding in shop.review.draft(brief).findings] == ids


def test_a_frozen_report_is_byte_identical_after_new_imports(shop: Workspace) -> None:
    brief = shop.brief(WEEK)
    shop.review.remark(WEEK, brief.findings[0].id, NASTY)
    kept = shop.review.freeze(brief)
    pages = {lang: shop.review.page(kept.id, lang) for lang in ("zh", "en")}
    content = packed(shop.review.frozen(kept.id))
    shop.import_files([("orders.csv", orders_csv(paid=1.0))])
    shop.set_setting("tz", "UTC")
    shop.review.remark(WEEK, brief.findings[0].id, "later")
    again = Workspace(shop.path)
    assert again.data_version != kept.data_version
    assert again.brief(WEEK).to_dict() != brief.to_dict()
    report = again.review.frozen(kept.id)
    assert packed(report) == content
    assert name_of(content) == kept.id
    for lang, page in pages.items():
        assert again.review.page(kept.id, lang) == page
        assert html.page(report, lang).encode() == page
        assert b"<script" not in page


def test_the_catalogue_itself_refuses_to_change_a_report(shop: Workspace) -> None:
    shop.review.freeze(shop.brief(WEEK))
    with sqlite3.connect(shop.path / "app.sqlite") as db:
        for change in ("update reports set week = 'x'", "delete from reports"):
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(change)


def test_a_report_that_was_tampered_with_is_refused(shop: Workspace) -> None:
    kept = shop.review.freeze(shop.brief(WEEK))
    with sqlite3.connect(shop.path / "app.sqlite") as db:
        db.execute("drop trigger reports_are_never_changed")
        db.execute("update reports set content = (select page_zh from reports)")
    with pytest.raises(WorkspaceError):
        shop.review.frozen(kept.id)


@pytest.mark.parametrize(
    "name", ["", "abc", "../../app.sqlite", "%", "x" * 64, "' or 1=1 --", "0" * 64, "0" * 65]
)
def test_report_names_that_are_none_lead_nowhere(shop: Workspace, name: str) -> None:
    shop.review.freeze(shop.brief(WEEK))
    with pytest.raises(UsageError):
        shop.review.frozen(name)


def test_two_weeks_compared(shop: Workspace) -> None:
    early = shop.review.freeze(shop.brief("2026-W45"))
    late = shop.review.freeze(shop.brief(WEEK))
    found = shop.review.compare(late.id, early.id[:12])
    assert found.earlier["week"] == "2026-W45"
    states = {change.row["kind"]: change.state for change in found.findings}
    assert states["cost_share"] == "new"
    back = shop.review.compare(early.id, early.id)
    assert {change.state for change in back.findings} <= {"same"}
    assert not back.targets


def test_an_action_gets_its_day_by_grade_and_shows_in_the_next_brief(shop: Workspace) -> None:
    brief, review = shop.brief("2026-W45"), shop.review
    finding = shop.brief(WEEK).findings[0]
    id = review.assign("2026-W45", finding, "Li", impact="high")
    action = review.actions()[0]
    assert action.due == due_of("high", review.today())
    assert action.before is None or action.before["n"] > 0
    assert review.draft(brief).actions and not review.draft(brief).promises
    promises = review.report(shop.brief(WEEK))["promises"]
    assert [(p["owner"], p["fate"]) for p in promises] == [("Li", "same")]
    review.change_action(id, stage="act", verdict="solved", standard="Weigh before packing")
    ended = review.actions()[0]
    assert (ended.stage, ended.done, ended.standard) == (
        "act",
        review.today(),
        "Weigh before packing",
    )
    assert score(review.actions(), review.today()).rate == 1.0


def test_declining_takes_a_reason_and_owners_have_names(shop: Workspace) -> None:
    finding = shop.brief(WEEK).findings[0]
    with pytest.raises(UsageError, match="owner"):
        shop.review.assign(WEEK, finding, "  ")
    id = shop.review.assign(WEEK, finding, "Li")
    with pytest.raises(UsageError, match="reason"):
        shop.review.change_action(id, stage="declined")
    shop.review.change_action(id, stage="declined", note="no budget")
    for wrong in ({"stage": "x"}, {"colour": "red"}, {"verdict": "great"}):
        with pytest.raises(UsageError):
            shop.review.change_action(id, **wrong)
    with pytest.raises(UsageError):
        shop.review.change_action(99, note="x")
    assert shop.review.actions()[0].note == "no budget"


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_days_of_the_grades(today: date) -> None:
    high, medium = due_of("high", today), due_of("medium", today)
    assert high and medium and today < high < medium
    assert 28 <= (high - today).days <= 31 and 89 <= (medium - today).days <= 92
    assert due_of("low", today) is None


def test_overdue_is_open_and_past_its_day() -> None:
    def action(stage: str, due: date | None) -> Action:
        return Action(1, "", "", "2026-W45", "f", "q", {"zh": "", "en": ""}, "high", "x", due,
                      stage, None, None, None, None, None, "", "")  # fmt: skip

    today = date(2026, 11, 20)
    assert action("do", date(2026, 11, 19)).overdue(today)
    assert not action("do", today).overdue(today)
    assert not action("act", date(2026, 1, 1)).overdue(today)
    assert not action("plan", None).overdue(today)


def test_the_log_of_findings_and_what_came_of_them(shop: Workspace) -> None:
    review = shop.review
    reports = [review.frozen(review.freeze(shop.brief(w)).id) for w in ("2026-W45", WEEK)]
    finding = shop.brief(WEEK).findings[0].id
    review.judge(WEEK, finding, "wrong")
    review.judge(WEEK, finding, "right", "invoice confirms it")
    with pytest.raises(UsageError):
        review.judge(WEEK, finding, "maybe")
    table = log(reports, review.judgements())
    row = table.filter(finding=finding, week=WEEK).row(0, named=True)
    assert (row["verdict"], row["note"], row["again"]) == ("right", "invoice confirms it", None)
    assert table.filter(week="2026-W45")["again"].null_count() == 0
    share = accuracy(review.judgements()).row(0, named=True)
    assert (share["right"], share["wrong"], share["rate"]) == (1, 0, 1.0)
    assert share["low"] < 1.0
    assert [line["action"] for line in shop.audit()][:2] == ["judgement", "judgement"]


@pytest.mark.parametrize("role", ["viewer", "none"])
def test_only_editors_change_anything(shop: Workspace, role: str) -> None:
    brief, review = shop.brief(WEEK), shop.review
    finding = brief.findings[0]
    id = review.assign(WEEK, finding, "Li")
    before = shop.audit()
    with acting(Person("mallory", role)):  # type: ignore[arg-type]
        for attempt in (
            lambda: review.move(brief, finding.id, 1),
            lambda: review.hide(WEEK, finding.id),
            lambda: review.remark(WEEK, finding.id, "x"),
            lambda: review.withdraw(1),
            lambda: review.assign(WEEK, finding, "x"),
            lambda: review.change_action(id, note="x"),
            lambda: review.freeze(brief),
            lambda: review.judge(WEEK, finding.id, "right"),
            lambda: shop.import_files([("orders.csv", orders_csv())]),
            lambda: shop.undo(),
            lambda: shop.set_setting("tz", "UTC"),
            lambda: shop.reset_setting("tz"),
            lambda: shop.forget_mapping("x"),
            lambda: shop.import_mappings(b"{}"),
            lambda: shop.set_aside_csv(1),
        ):
            with pytest.raises(Forbidden):
                attempt()
    assert shop.audit() == before


def test_the_audit_names_who_acted(shop: Workspace) -> None:
    with acting(Person("wang@shop", "editor")):
        shop.review.remark(WEEK, "x", "y")
    assert shop.audit()[0]["who"] == "wang@shop"


def test_evidence_survives_as_plain_values() -> None:
    from datetime import UTC, datetime

    import polars as pl

    frame = pl.DataFrame(
        {"a": ["x", None], "b": [1, 2], "c": [0.5, None], "d": [date(2026, 1, 1), None],
         "e": [datetime(2026, 1, 1, tzinfo=UTC), None], "f": [["p", "q"], []], "g": [True, None]},
        schema_overrides={"e": pl.Datetime("us", "UTC"), "f": pl.List(pl.String)},
    )  # fmt: skip
    assert frame_of(sheet_of(frame)).equals(frame)


def test_errors_are_errors_of_the_house() -> None:
    assert issubclass(Forbidden, FootprintError)
    assert Forbidden.exit_code == 5
