"""The brief and the board in a session: edits, nasty words, and people who may only look."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Open
from footprint import access
from footprint.access import Person
from footprint.visitors import Visitors
from footprint.workspace import Workspace
from streamlit.testing.v1 import AppTest

sys.path.insert(0, str(Path(__file__).parents[1] / "review"))
from shops import NASTY, WEEK, opened

from app import gate, people

PICTURE = "![x](http://evil.example/x.png)"


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return opened(tmp_path / "shop")


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    yield
    access.resolve_by(None)


def html(app: AppTest) -> str:
    return "\n".join(str(element.value) for element in app.get("html"))


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def test_a_brief_is_prepared_and_frozen(open_page: Open, shop: Workspace) -> None:
    app = open_page(shop.path, "brief", "en", week=WEEK)
    app.toggle[0].set_value(True).run()
    press(app, "Leave out")
    assert len(shop.review.draft(shop.brief(WEEK)).hidden) == 1
    press(app, "Take in again")
    press(app, "Move down")
    ranked = [finding.id for finding in shop.brief(WEEK).findings]
    kept = [finding.id for finding in shop.review.draft(shop.brief(WEEK)).findings]
    assert sorted(kept) == sorted(ranked) and kept != ranked
    press(app, "Freeze")
    assert [report.week for report in shop.review.reports()] == [WEEK]
    assert not app.exception


@pytest.mark.parametrize("page", ["brief", "improve"])
def test_nasty_words_stay_words(open_page: Open, shop: Workspace, page: str) -> None:
    finding = shop.brief(WEEK).findings[0]
    for words in (NASTY, PICTURE):
        shop.review.remark(WEEK, finding.id, words)
        shop.review.assign(WEEK, finding, words, title=words)
    shop.review.freeze(shop.brief(WEEK))
    app = open_page(shop.path, page, "en", week=WEEK)
    if page == "brief":
        app.toggle[0].set_value(True).run()
    assert "<script" not in html(app) and "&lt;script" in html(app)
    assert not app.exception and not app.warning
    labels = [button.label for button in app.button]
    assert not [label for label in labels if PICTURE in label]


def test_a_viewer_sees_the_brief_and_none_of_its_tools(
    open_page: Open, shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.review.freeze(shop.brief(WEEK))
    before = shop.audit()
    monkeypatch.setattr(people, "looking", lambda: Person("zhao", "viewer"))
    app = open_page(shop.path, "brief", "en", week=WEEK)
    assert "What to act on" in html(app)
    labels = [button.label for button in app.button]
    for tool in ("Freeze", "Leave out", "Move up", "Assign"):
        assert tool not in labels
    assert "Prepare this brief" not in [toggle.label for toggle in app.toggle]
    assert not app.exception
    assert Workspace(shop.path).audit() == before


@pytest.mark.parametrize("person", [None, Person("x", "none")])
def test_a_stranger_sees_nothing(
    open_page: Open, shop: Workspace, monkeypatch: pytest.MonkeyPatch, person: Person | None
) -> None:
    monkeypatch.setattr(people, "looking", lambda: person)
    monkeypatch.setenv("FOOTPRINT_WORKSPACE", str(shop.path))
    app = AppTest.from_file(str(people.__file__).replace("people.py", "main.py"))
    app.run(timeout=60)
    assert "No access yet" in html(app) or "还没有权限" in html(app)
    assert "GMV" not in html(app)


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ({}, "Please sign in"),
        ({"is_logged_in": True, "email": "li@shop", "email_verified": False}, "Please sign in"),
        ({"is_logged_in": True, "email": "eve@else"}, "No access yet"),
        ({"is_logged_in": True, "email": "li@shop"}, "What to act on"),
    ],
)
def test_a_sign_on_counts_when_its_address_is_verified_and_known(
    open_page: Open,
    shop: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    user: dict[str, object],
    said: str,
) -> None:
    found = Visitors("oidc", roles={"editor": ("li@shop",)})
    monkeypatch.setattr(gate, "known", lambda: found)
    monkeypatch.setattr(people, "signed_on", lambda: user)
    monkeypatch.setenv("FOOTPRINT_WORKSPACE", str(shop.path))
    app = AppTest.from_file(str(people.__file__).replace("people.py", "main.py"))
    app.query_params["lang"] = "en"
    app.query_params["week"] = WEEK
    app.run(timeout=60)
    if said == "What to act on":
        app.switch_page("../pages/brief.py").run(timeout=60)
    assert said in html(app)
    assert ("GMV" in html(app)) == (said == "What to act on")
