"""Ranking, folding, periods and targets of the brief."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from footprint.errors import UsageError
from footprint.result import Finding
from footprint.review.period import active, last_week, period
from footprint.review.ranking import colour_of, merged, ranked, weight
from footprint.review.targets import measured, target_lines
from footprint.scope import Scope
from footprint.store.memory import MemoryData
from footprint.text import Text
from hypothesis import given
from hypothesis import strategies as st


def finding(id: str, colour="yellow", money=None, confidence=0.9, **more) -> Finding:
    words = Text(id, id)
    return Finding(
        id=id, kind=id.split(":")[0], severity=2, colour=colour, problem=words, suggestion=words,
        confidence=confidence, n=10, page="C1", question="q", impact_cny=money, **more,
    )  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["red", "yellow", "grey"]),
            st.none() | st.floats(-1e6, 1e6),
            st.floats(0, 1),
        ),
        max_size=12,
    )
)
def test_reds_come_first_then_money_times_confidence(rows):
    findings = [finding(f"k:{i}", c, m, p) for i, (c, m, p) in enumerate(rows)]
    order = ranked(findings)
    assert sorted(f.id for f in order) == sorted(f.id for f in findings)
    reds = [f.colour == "red" for f in order]
    assert reds == sorted(reds, reverse=True)
    for group in (True, False):
        weights = [weight(f) for f in order if (f.colour == "red") == group]
        assert weights == sorted(weights, reverse=True)
    assert ranked(reversed(findings)) == order


def test_the_colour_is_the_worst_finding_and_chances_do_not_colour():
    assert colour_of([]) == "green"
    assert colour_of([finding("a", "grey")]) == "green"
    assert colour_of([finding("a", "grey"), finding("b")]) == "yellow"
    assert colour_of([finding("a"), finding("b", "red")]) == "red"


def test_complaints_about_the_exaggerating_stream_fold_under_it():
    about = pl.DataFrame({"stream_id": ["s1"]})
    claim = finding("exaggeration_returns:s1", money=10.0, evidence=about)
    named = pl.DataFrame({"group": ["s1"]})
    same = finding("complaint_rate:beauty", money=99.0, evidence=named, params={"by": "stream_id"})
    other = finding("complaint_rate:food", evidence=pl.DataFrame({"group": ["s2"]}))
    leads, folded = merged([same, other, claim])
    assert [f.id for f in leads] == ["exaggeration_returns:s1", "complaint_rate:food"]
    assert folded == {"exaggeration_returns:s1": (same,)}


def test_complaints_by_host_are_another_matter():
    claim = finding("exaggeration_returns:s1", evidence=pl.DataFrame({"stream_id": ["s1"]}))
    host = finding("complaint_rate:all", evidence=pl.DataFrame({"group": ["s1"]}),
                   params={"by": "host_id"})  # fmt: skip
    assert len(merged([claim, host])[0]) == 2


def test_two_findings_of_one_id_are_one():
    leads, folded = merged([finding("a:1", money=1.0), finding("a:1", money=5.0)])
    assert [f.impact_cny for f in leads] == [5.0]
    assert [f.impact_cny for f in folded["a:1"]] == [1.0]


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2026-W46", date(2026, 11, 9), date(2026, 11, 15)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-11-12", date(2026, 11, 12), date(2026, 11, 12)),
    ],
)
def test_weeks_months_and_days_are_periods(label, first, last):
    scope = period(label, "Asia/Shanghai")
    assert (scope.start, scope.end) == (first, last)


@pytest.mark.parametrize("label", ["2026-13", "2026-02-30", "last week", "2026-W60"])
def test_other_labels_are_refused_with_the_mend(label):
    with pytest.raises(UsageError, match="2026-W46"):
        period(label, "Asia/Shanghai")


def _orders(first: datetime, days: int) -> MemoryData:
    times = [first + timedelta(days=i) for i in range(days)]
    frame = pl.DataFrame({"order_id": [str(i) for i in range(days)], "order_ts": times})
    return MemoryData({"orders": frame})


def test_the_default_is_the_last_whole_week_in_shop_time():
    monday = datetime(2026, 11, 1, 16, tzinfo=UTC)  # Monday 00:00 in Shanghai
    assert last_week(_orders(monday, 14)) == "2026-W46"
    assert last_week(_orders(monday, 13)) == "2026-W45"
    assert last_week(_orders(monday, 3)) == "2026-W45"  # no whole week: the newest
    assert last_week(MemoryData({})) is None


def test_a_period_without_rows_is_not_active():
    data = _orders(datetime(2026, 11, 1, 16, tzinfo=UTC), 7)
    assert active(data, Scope.week("2026-W45"))
    assert not active(data, Scope.week("2026-W44"))


def test_a_target_that_slipped_is_told_from_one_missed_again():
    rows = []
    for week, (orders, spend) in enumerate([(400, 100.0), (400, 100.0), (400, 1e5), (400, 1e5)]):
        start = datetime(2026, 10, 18, 16, tzinfo=UTC) + timedelta(weeks=week)
        rows.append((start, orders, spend))
    sold = pl.DataFrame(
        [
            {"order_id": f"{w}-{i}", "order_ts": start + timedelta(minutes=i), "user_id": f"u{i}",
             "sku_id": "s", "qty": 1, "paid_amount": 10.0}
            for w, (start, orders, _) in enumerate(rows) for i in range(orders)
        ]
    )  # fmt: skip
    costs = pl.DataFrame(
        [
            {"cost_date": (start + timedelta(days=1)).date(), "category": "ads", "amount": spend}
            for start, _, spend in rows
        ]
    )
    data = MemoryData({"orders": sold, "costs": costs})
    states = {}
    for label in ("2026-W44", "2026-W45", "2026-W46"):
        lines = target_lines(measured(data, Scope.week(label)))
        states[label] = next(line for line in lines if line.metric.id == "roi")
    assert [line.state for line in states.values()] == ["held", "slipped", "missed"]
    assert states["2026-W45"].sentence.en.startswith("Return on spend (ROI) slipped off target")
