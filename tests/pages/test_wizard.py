"""The import wizard's states: nothing waiting, ready, asked, refused, running, done, undone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest
from conftest import Open, words
from footprint.access import Person
from footprint.errors import UsageError
from footprint.ingest.profiles import Profile, packed
from footprint.workspace import Workspace
from streamlit.testing.v1 import AppTest

from app import data
from app.uploads import tickets
from app.uploads.spool import NOTE
from app.views.importing import jobs, pending

FIXTURES = Path(__file__).parents[1] / "fixtures" / "exports"

HEADS = "order_id,order_ts,user_id,sku_id,qty,paid_amount,where from\n"
ROWS = "".join(f"A{n},2026-11-09 20:00:0{n},u{n},S1,1,10{n}.5,上海\n" for n in range(5))
ORDERS = (HEADS + ROWS).encode()
Dropped = Callable[..., AppTest]


@pytest.fixture
def dropped(open_page: Open, tmp_path: Path) -> Dropped:
    """The data desk with files that have arrived."""

    def arrive(*files: tuple[str, bytes], lang: str = "en") -> AppTest:
        app = open_page(tmp_path / "shop", "data", lang)
        ticket = app.session_state["fp.ticket"]
        _, spool = tickets._TICKETS[ticket]
        for name, content in files:
            incoming = spool.begin(ticket, name, len(content))
            incoming.write(content)
            incoming.finish()
        return app.run()

    return arrive


def shop(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "shop")


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def finished(app: AppTest, patience_s: float = 30) -> AppTest:
    """The page once the import in the background has ended."""
    end = monotonic() + patience_s
    while any(said in words(app) for said in ("Importing", "正在导入")) and monotonic() < end:
        sleep(0.2)
        app.run()
    return app


def card(app: AppTest, label: str) -> str:
    """What the first card of this label shows."""
    said = words(app)
    return said.split(f"<span>{label}</span>")[1].split('fp-card-value">')[1].split("<")[0]


def test_without_files_nothing_is_asked(dropped: Dropped) -> None:
    app = dropped()
    assert "Check and import" not in words(app)
    assert not app.exception


def test_the_effect_is_told_before_anything_changes(dropped: Dropped, tmp_path: Path) -> None:
    app = dropped(("orders.csv", ORDERS))
    assert not app.exception
    assert "Everything is understood" in words(app)
    assert (card(app, "New rows"), card(app, "Changed rows")) == ("5", "0")
    assert not shop(tmp_path).tables()


def test_accepting_takes_the_file_in_and_undo_takes_it_back(
    dropped: Dropped, tmp_path: Path
) -> None:
    app = finished(press(dropped(("orders.csv", ORDERS)), "Accept all and import"))
    assert not app.exception and "What happened" in words(app)
    assert [(info.name, info.rows) for info in shop(tmp_path).tables()] == [("orders", 5)]
    assert "Check and import" not in words(app)
    press(app, "Undo this import")
    assert not shop(tmp_path).tables()


def test_a_changed_mapping_is_followed_and_remembered(dropped: Dropped, tmp_path: Path) -> None:
    app = dropped(("orders.csv", ORDERS))
    next(toggle for toggle in app.toggle if toggle.label == "Change the mapping").set_value(
        True
    ).run()
    box = next(box for box in app.selectbox if "where from" in box.label)
    app = finished(press(box.set_value("region").run(), "Accept all and import"))
    assert shop(tmp_path).data().frame("orders")["region"].to_list() == ["上海"] * 5
    assert any(p.mapping.get("where from") == "region" for p in shop(tmp_path).mappings())


def test_a_file_that_is_no_table_says_why_and_stops_nothing_else(dropped: Dropped) -> None:
    app = dropped(("orders.csv", ORDERS), ("cat.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40))
    assert any("cat.png" in warning.value and "picture" in warning.value for warning in app.warning)
    accept = next(button for button in app.button if button.label == "Accept all and import")
    assert not accept.disabled


def test_files_can_be_thrown_away(dropped: Dropped, tmp_path: Path) -> None:
    app = press(dropped(("orders.csv", ORDERS)), "Discard all")
    assert "Check and import" not in words(app)
    assert not [path for path in (tmp_path / "shop" / "spool").rglob("*") if path.is_file()]


def test_the_same_file_again_changes_nothing(dropped: Dropped, tmp_path: Path) -> None:
    shop(tmp_path).import_files(("orders.csv", ORDERS))
    app = dropped(("orders again.csv", ORDERS))
    accept = next(button for button in app.button if button.label == "Accept all and import")
    assert accept.disabled and "There is nothing to take in" in words(app)


def test_a_file_left_out_is_not_taken_in(dropped: Dropped) -> None:
    app = dropped(("orders.csv", ORDERS))
    next(box for box in app.checkbox if box.label == "Take this in").set_value(False).run()
    accept = next(button for button in app.button if button.label == "Accept all and import")
    assert accept.disabled


def test_a_cancelled_import_changes_nothing_and_keeps_the_files(
    dropped: Dropped, tmp_path: Path
) -> None:
    app = press(dropped(("orders.csv", ORDERS)), "Accept all and import")
    press(app, "Cancel the import")
    app = finished(app)
    assert "The import was cancelled" in words(app) and "Check and import" in words(app)
    assert not shop(tmp_path).tables()


def test_one_import_at_a_time(dropped: Dropped, tmp_path: Path) -> None:
    app = press(dropped(("orders.csv", ORDERS)), "Accept all and import")
    workspace, spool = data.workspace(), tickets._TICKETS[app.session_state["fp.ticket"]][1]
    with pytest.raises(UsageError, match=r"another import is running \(orders.csv\)"):
        jobs.start(workspace, jobs.plain([tmp_path / "other.csv"]), spool, ())
    assert (spool.folder / NOTE).exists()
    finished(app)
    assert [info.rows for info in shop(tmp_path).tables()] == [5]


def test_another_session_sees_the_import_and_then_its_data(
    dropped: Dropped, open_page: Open, tmp_path: Path
) -> None:
    mine = press(dropped(("orders.csv", ORDERS)), "Accept all and import")
    theirs = open_page(tmp_path / "shop", "data", "en")
    assert (
        "Importing" in words(theirs) or "What happened" in words(theirs) or shop(tmp_path).tables()
    )
    finished(mine)
    board = open_page(tmp_path / "shop", "board", "en", period="all")
    assert "No data yet" not in words(board)


def test_an_import_broken_off_with_its_server_is_told(open_page: Open, tmp_path: Path) -> None:
    left = tmp_path / "shop" / "spool" / "999999999"
    left.mkdir(parents=True)
    (left / NOTE).write_text(json.dumps(["orders.csv"]), "utf-8")
    app = open_page(tmp_path / "shop", "data", "en")
    assert "The last import was interrupted" in words(app) and "orders.csv" in words(app)
    assert "The last import was interrupted" not in words(press(app, "Close"))


def test_a_viewer_gets_no_way_to_upload(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.views.upload.person", lambda: Person("guest", "viewer"))
    app = open_page(tmp_path / "shop", "data", "en")
    assert "You may look, but not import" in words(app)
    assert "fp.ticket" not in app.session_state


def test_which_gmv_is_meant_is_asked_once(dropped: Dropped, tmp_path: Path) -> None:
    export = FIXTURES / "douyin_streams.csv"
    app = dropped((export.name, export.read_bytes()), lang="zh")
    assert "请确认口径" in words(app)
    app = finished(press(app, "全部接受并导入"))
    assert [info.name for info in shop(tmp_path).tables()] == ["streams"]
    later = export.read_bytes() + b"\n"
    assert "请确认口径" not in words(dropped((export.name, later), lang="zh"))


def test_a_large_file_is_looked_at_in_a_process_of_its_own(
    dropped: Dropped, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart, looks = Workspace.preview_apart, []

    def looked(*args, **options):
        looks.append(apart(*args, **options))
        return looks[-1]

    monkeypatch.setattr(Workspace, "preview_apart", looked)
    dropped(("orders.csv", ORDERS))
    assert not looks
    monkeypatch.setattr(pending, "_SMALL_BYTES", 10)
    app = dropped(("more.csv", ORDERS.replace(b"A1", b"B1")))
    assert [sheet.file for sheet in looks[0].sheets][-1] == "more.csv"
    assert "Everything is understood" in words(app)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_state_speaks_one_language(dropped: Dropped, lang: str) -> None:
    said = words(dropped(("orders.csv", ORDERS), lang=lang))
    assert ("核对并导入" in said) == (lang == "zh")
    assert ("Check and import" in said) == (lang == "en")


def test_remembered_mappings_are_edited_and_deleted(open_page: Open, tmp_path: Path) -> None:
    heads = ("单号", "order_ts", "user_id", "sku_id", "qty", "paid_amount")
    shop(tmp_path).import_mappings(packed([Profile(heads, "orders", {"单号": "order_id"})]))
    app = open_page(tmp_path / "shop", "data", "en", tab="mappings")
    box = next(box for box in app.selectbox if "单号" in box.label)
    box.set_value("")
    press(app, "Save")
    assert shop(tmp_path).mappings()[0].mapping == {"单号": ""}
    next(box for box in app.text_input if box.label == "Name").set_value("weekly")
    press(app, "Save")
    (kept,) = shop(tmp_path).mappings()
    assert (kept.name, kept.mapping) == ("weekly", {"单号": ""})
    assert any("weekly" in box.label for box in app.expander)
    press(app, "Delete")
    assert not shop(tmp_path).mappings()
