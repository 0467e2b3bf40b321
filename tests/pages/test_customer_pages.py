"""Every tab of retention & value and of lifecycle: the sample, twenty orders, a missing table."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from conftest import Open, words
from footprint.workspace import Workspace

from app.views import customers, phases

TABS = [
    *(("retention", tab) for tab in customers.TABS.tabs),
    *(("lifecycle", tab) for tab in phases.TABS.tabs),
]
FRIENDLY = ("这一块暂时算不出来", "could not be worked out")


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with twenty orders and nothing else."""
    folder = tmp_path_factory.mktemp("twenty")
    start = dt.datetime(2026, 10, 1, 12)
    pl.DataFrame({
        "order_id": [f"o{n}" for n in range(20)],
        "order_ts": [(start + dt.timedelta(days=2 * n)).isoformat(" ") for n in range(20)],
        "user_id": [f"u{n % 12}" for n in range(20)],
        "sku_id": ["s1"] * 20,
        "qty": [1] * 20,
        "paid_amount": [99.0] * 20,
    }).write_csv(folder / "orders.csv")  # fmt: skip
    Workspace(folder / "ws").import_files([folder / "orders.csv"])
    return folder / "ws"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("page", "tab"), TABS)
def test_a_tab_shows_the_sample(
    open_page: Open, sample: Path, page: str, tab: str, lang: str
) -> None:
    app = open_page(sample, page, lang, tab=tab)
    said = words(app)
    assert not app.exception and not app.error and not app.warning
    assert not [fault for fault in FRIENDLY if fault in said]
    if lang == "en":
        assert not [one for one in ("样本", "区间", "名单", "客人") if one in said]


@pytest.mark.parametrize(("page", "tab"), TABS)
def test_a_tab_claims_nothing_on_twenty_orders(
    open_page: Open, twenty: Path, page: str, tab: str
) -> None:
    app = open_page(twenty, page, "en", tab=tab)
    said = words(app)
    assert not app.exception and not app.error and not app.warning
    assert not [fault for fault in FRIENDLY if fault in said]
    assert 'class="fp-finding' not in said


def test_without_events_the_empty_state_names_the_file(open_page: Open, twenty: Path) -> None:
    for page, tab in (("retention", "return"), ("lifecycle", "sharing")):
        assert "events.csv" in words(open_page(twenty, page, "en", tab=tab))
