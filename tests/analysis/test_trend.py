"""Trend, weekend effect and unusual days: planted effects are found, noise stays silent."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from footprint.analysis.daily import decompose
from footprint.analysis.one_step import one_step, threshold, unusual
from footprint.questions import ask
from footprint.scope import Scope
from footprint.store.memory import MemoryData

MONDAY = dt.date(2026, 5, 4)


def streams(rates: np.ndarray, viewers: int = 2000, skip: tuple[int, ...] = ()) -> MemoryData:
    """One stream a day at 20:00 shop time whose buyers are round(viewers x rate)."""
    days = [day for day in range(rates.size) if day not in skip]
    starts = [dt.datetime.combine(MONDAY + dt.timedelta(day), dt.time(20)) for day in days]
    frame = pl.DataFrame(
        {
            "stream_id": [f"s{day}" for day in days],
            "start_ts": starts,
            "end_ts": starts,
            "platform": ["douyin"] * len(days),
            "host_id": ["h"] * len(days),
            "category": ["fmcg"] * len(days),
            "viewers": [viewers] * len(days),
            "buyers": [round(viewers * rates[day]) for day in days],
        }
    )
    return MemoryData({"streams": frame})


def weekend_rates(days: int, lift: float, noise: float = 0.06, seed: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    day = np.arange(days)
    flat = 0.05 * (1 + 0.1 * day / days) * (1 + noise * rng.standard_normal(days))
    return flat * np.where(day % 7 >= 5, lift, 1.0)


def test_planted_weekend_effect_is_found() -> None:
    """PT02: base 5 %, weekend x1.25, +10 % trend, 6 % noise: +1.31 points, strength over .6."""
    result = ask(streams(weekend_rates(196, 1.25)), "trend", Scope(), {})
    assert result.scalars["weekend_pp"].value == pytest.approx(1.31, abs=0.2)
    assert result.scalars["seasonal_strength"].value > 0.6
    assert result.scalars["verdict"].value == "effect_up"
    assert result.scalars["weekend_p"].value < 1e-6
    gap = result.scalars["weekend_pp"]
    assert gap.low < gap.value < gap.high
    assert [f.kind for f in result.findings] == ["weekend_effect"]
    assert not result.findings[0].impact_cny


def test_a_flat_shop_has_no_weekend() -> None:
    result = ask(streams(weekend_rates(196, 1.0)), "trend", Scope(), {})
    assert result.scalars["verdict"].value == "no_effect"
    assert result.scalars["seasonal_strength"].value < 0.4
    assert not result.findings


def test_below_eight_weeks_nothing_is_claimed() -> None:
    result = ask(streams(weekend_rates(49, 1.5)), "trend", Scope(), {})
    assert result.scalars["verdict"].value == "too_short"
    assert not result.findings


@pytest.mark.parametrize("days", [0, 1, 6])
def test_tiny_data_gives_an_honest_answer(days: int) -> None:
    result = ask(streams(weekend_rates(days, 1.5)), "trend", Scope(), {})
    assert result.scalars["verdict"].value == "too_short"
    assert result.frames["series"].height == days
    assert result.frames["weekdays"].height == 7


def test_weekend_test_keeps_its_false_alarm_rate_at_large_day_spread() -> None:
    """At 30 % day-to-day spread a pooled test is wrong in 42 %; on days it stays near 5 %."""
    false = 0
    for seed in range(200):
        rates = weekend_rates(84, 1.0, 0.3, seed)
        weekend = np.arange(84) % 7 >= 5
        from footprint.stats import welch

        false += welch(rates[weekend], rates[~weekend]).p < 0.05
    assert false / 200 <= 0.09


def test_welch_on_days_is_what_the_answer_prints() -> None:
    from scipy.stats import ttest_ind

    rates = weekend_rates(140, 1.1)
    result = ask(streams(rates, viewers=10**7), "trend", Scope(), {})
    weekend = np.arange(140) % 7 >= 5
    theirs = ttest_ind(rates[weekend], rates[~weekend], equal_var=False)
    assert result.scalars["weekend_p"].value == pytest.approx(theirs.pvalue, rel=1e-3)


def test_gaps_are_bridged_for_the_line_and_left_out_of_the_test() -> None:
    data = streams(weekend_rates(84, 1.25), skip=(10, 11, 40))
    result = ask(data, "trend", Scope(), {})
    series = result.frames["series"]
    assert series.height == 84
    assert series["value"].null_count() == 3
    assert series["trend"].null_count() == 0
    assert result.scalars["weekend_p"].n == 81
    assert any("3 days" in note("en") for note in result.notes)


def test_components_add_up_to_the_series() -> None:
    values = weekend_rates(140, 1.2)
    parts = decompose(values)
    assert parts is not None
    assert parts.trend + parts.season + parts.rest == pytest.approx(values)
    assert decompose(values[:20]) is None


def test_a_sudden_drop_is_an_anomaly_and_a_rise_is_not() -> None:
    rates = weekend_rates(140, 1.25)
    low, high = rates.copy(), rates.copy()
    low[-1] *= 0.4
    high[-1] *= 1.6
    flags = [ask(streams(r), "trend", Scope(), {}).frames["series"]["anomaly"] for r in (low, high)]
    assert flags[0][-1]
    assert not flags[1][-1]


def test_one_step_uses_no_later_day() -> None:
    values = weekend_rates(120, 1.25)
    expected, z = one_step(values)
    changed = values.copy()
    changed[100:] = 9.0
    again, z_again = one_step(changed)
    assert again[:101] == pytest.approx(expected[:101], nan_ok=True)
    assert z_again[:100] == pytest.approx(z[:100], nan_ok=True)


def test_threshold_learns() -> None:
    assert threshold(34) is None
    assert threshold(35) == 3.5
    assert threshold(90) == threshold(400) == 2.5


def _autoregressive(rng: np.random.Generator, n: int) -> np.ndarray:
    series = np.zeros(n)
    for day in range(1, n):
        series[day] = 0.6 * series[day - 1] + 0.8 * rng.standard_normal()
    return series


def _weekly(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_normal(n) + np.where(np.arange(n) % 7 > 4, 2.0, 0.0)


def _normal(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_normal(n)


@pytest.mark.parametrize("series", [_normal, _autoregressive, _weekly])
def test_alert_rule_false_and_found_rates(series) -> None:
    """About 1 % false a day, most drops of three standard deviations found."""
    rng = np.random.default_rng(11)
    false = days = found = 0
    for _ in range(40):
        values = series(rng, 160)
        false += int(unusual(one_step(values)[1], -1)[100:].sum())
        days += 60
        values[-1] -= 3.0
        found += bool(unusual(one_step(values)[1], -1)[-1])
    assert false / days <= 0.016
    assert found / 40 >= 0.4


def orders(shares: list[float], start: dt.date = MONDAY) -> MemoryData:
    """Weeks of 3000 CNY with the given share of money on Saturday and Sunday."""
    rows = []
    for week, share in enumerate(shares):
        for day in range(7):
            amount = 3000 * share / 2 if day >= 5 else 3000 * (1 - share) / 5
            when = dt.datetime.combine(start + dt.timedelta(7 * week + day), dt.time(12))
            rows.append((f"o{week}-{day}", when, "u", "sku", 1, amount))
    columns = ["order_id", "order_ts", "user_id", "sku_id", "qty", "paid_amount"]
    return MemoryData({"orders": pl.DataFrame(rows, schema=columns, orient="row")})


def test_weekend_share_before_and_after() -> None:
    """PT02b: .3333 before, .3833 after, +5.0 points."""
    data = orders([1 / 3] * 17 + [0.3833] * 11)
    result = ask(data, "weekend_share", Scope(), {"change": "2026-08-31"})
    assert result.scalars["share_before"].value == pytest.approx(0.3333, abs=1e-4)
    assert result.scalars["share_after"].value == pytest.approx(0.3833, abs=1e-4)
    assert result.scalars["pp"].value == pytest.approx(5.0, abs=0.01)
    assert result.scalars["p_value"].value < 1e-6
    assert result.frames["weeks"].height == 28


def test_the_change_is_found_when_not_named_and_not_invented() -> None:
    rng = np.random.default_rng(2)
    noise = 0.01 * rng.standard_normal(28)
    moved = orders(list(np.array([1 / 3] * 17 + [0.3833] * 11) + noise))
    steady = orders(list(1 / 3 + noise))
    assert ask(moved, "weekend_share", Scope(), {}).scalars["change"].value == "2026-08-31"
    nothing = ask(steady, "weekend_share", Scope(), {})
    assert nothing.scalars["change"].value is None
    assert nothing.scalars["pp"].value is None
    assert nothing.notes


def test_broken_weeks_do_not_count() -> None:
    data = orders([1 / 3] * 4, start=dt.date(2026, 5, 6))
    weeks = ask(data, "weekend_share", Scope(), {"change": "2026-05-18"}).frames["weeks"]
    assert weeks["week"].to_list() == [
        dt.date(2026, 5, 11),
        dt.date(2026, 5, 18),
        dt.date(2026, 5, 25),
    ]
