"""Share links: only the right token opens, only while it lives; every use leaves a line."""

from __future__ import annotations

import base64
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from footprint.access import Person, acting
from footprint.errors import Forbidden, UsageError
from footprint.sharing import Refusal, Target
from footprint.sharing.links import MOST_FAILURES
from footprint.sharing.pages import shared_page
from footprint.workspace import Workspace

from .shops import NASTY, WEEK, opened, orders_csv

PHRASE = "correct horse battery"


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return opened(tmp_path / "shop")


def target(shop: Workspace) -> Target:
    return Target("report", shop.review.freeze(shop.brief(WEEK)).id)


def test_a_token_is_256_random_bits_and_is_not_kept(shop: Workspace) -> None:
    subject = target(shop)
    tokens = {shop.links.make(subject)[0] for _ in range(50)}
    assert len(tokens) == 50
    assert {len(base64.urlsafe_b64decode(f"{token}=")) for token in tokens} == {32}
    kept = b"".join(path.read_bytes() for path in shop.path.glob("app.sqlite*"))
    assert not [token for token in tokens if token.encode() in kept]
    assert not [token for token in tokens if token in str(shop.audit())]


def test_a_link_shows_its_report_and_counts(shop: Workspace) -> None:
    token, link = shop.links.make(target(shop), "en", label=NASTY)
    for _ in range(3):
        page = shared_page(shop, shop.links.open(token))
    assert WEEK.encode() in page and b"<script" not in page and b"href" not in page
    seen = shop.links.listed()[0]
    assert (seen.id, seen.views, seen.failures) == (link.id, 3, 0)
    actions = [line["action"] for line in shop.audit()]
    assert actions.count("link_opened") == 3 and "link" in actions


@pytest.mark.parametrize(
    "guess", ["", "x", "x" * 43, "../../app.sqlite", "' or 1=1 --", "%", "\x00" * 43, "A" * 100_000]
)
def test_guessed_links_do_not_open(shop: Workspace, guess: str) -> None:
    token, _ = shop.links.make(target(shop))
    for wrong in (guess, token[:-1], token + "A", token.swapcase()):
        with pytest.raises(Refusal):
            shop.links.open(wrong)
    assert shop.links.listed()[0].views == 0


def test_revoked_and_ended_links_are_refused_in_the_same_words(shop: Workspace) -> None:
    subject = target(shop)
    revoked, link = shop.links.make(subject)
    ended, later = shop.links.make(subject, days=0.5)
    shop.links.revoke(link.id)
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    with sqlite3.connect(shop.path / "app.sqlite") as db:
        db.execute("update links set expires = ? where id = ?", (past, later.id))
    said = set()
    for token in (revoked, ended, "A" * 43):
        with pytest.raises(Refusal) as refusal:
            shop.links.open(token)
        assert not refusal.value.passphrase
        said.add(refusal.value.message("en"))
    assert len(said) == 1
    shop.links.revoke(link.id)
    with pytest.raises(UsageError):
        shop.links.revoke(99)


def test_a_passphrase_is_asked_checked_and_runs_out(shop: Workspace) -> None:
    token, _ = shop.links.make(target(shop), passphrase=PHRASE)
    with pytest.raises(Refusal) as asked:
        shop.links.open(token)
    assert asked.value.passphrase
    with pytest.raises(Refusal):
        shop.links.open(token, "wrong horse")
    assert shop.links.open(token, PHRASE).guarded
    assert shop.links.listed()[0].failures == 0
    for _ in range(MOST_FAILURES):
        with pytest.raises(Refusal):
            shop.links.open(token, "wrong horse")
    with pytest.raises(Refusal):
        shop.links.open(token, PHRASE)
    kept = b"".join(path.read_bytes() for path in shop.path.glob("app.sqlite*"))
    assert PHRASE.encode() not in kept


def test_lives_and_passphrases_have_bounds(shop: Workspace) -> None:
    subject = target(shop)
    for days in (0, -1, 400, float("nan")):
        with pytest.raises(UsageError):
            shop.links.make(subject, days=days)
    with pytest.raises(UsageError):
        shop.links.make(subject, passphrase="short")


def test_only_editors_make_and_revoke(shop: Workspace) -> None:
    subject = target(shop)
    with acting(Person("mallory", "viewer")):
        with pytest.raises(Forbidden):
            shop.links.make(subject)
        with pytest.raises(Forbidden):
            shop.links.revoke(1)
    assert not shop.links.listed()


def test_a_live_link_follows_the_data_and_a_frozen_one_does_not(shop: Workspace) -> None:
    frozen = shop.links.make(target(shop))[0]
    live = shop.links.make(Target("brief", WEEK))[0]
    before = [shared_page(shop, shop.links.open(token)) for token in (frozen, live)]
    shop.import_files([("orders.csv", orders_csv(paid=3.0))])
    after = [shared_page(shop, shop.links.open(token)) for token in (frozen, live)]
    assert before[0] == after[0] and before[1] != after[1]


def test_a_live_answer_keeps_to_its_scope_and_names_nobody(shop: Workspace) -> None:
    scope = {"from": "2026-11-09", "to": "2026-11-15", "where": {}}
    token, _ = shop.links.make(Target("question", "sku_profit", scope), "en")
    page = shared_page(shop, shop.links.open(token)).decode()
    assert "<script" not in page and "2026" in page
    assert not re.search(r"\bu\d+\b", re.sub(r"<style>.*?</style>", "", page, flags=re.S))
