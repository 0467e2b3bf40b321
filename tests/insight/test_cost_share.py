"""Weekly cost shares against the budget: peak logistics alerts, a festival below the line not."""

from __future__ import annotations

import polars as pl
import pytest
from footprint.planning.cost_plan import periods_of, planned_shares
from footprint.questions import ask
from footprint.scope import Scope
from footprint.store.memory import MemoryData
from insight_tables import costs


def _plan(*rows: tuple[str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["period", "line", "amount"], orient="row")


def test_logistics_over_twice_its_plan_alerts_with_the_excess_as_money():
    data = MemoryData({"costs": costs(6, {4: 0.24, 5: 0.31})})
    found = ask(data, "cost_share", Scope.week("2026-W46"), {})
    assert found.scalars["alerts"].value == 1
    (finding,) = found.findings
    assert finding.id == "cost_share:logistics"
    assert finding.impact_cny == pytest.approx((0.31 - 0.15) * 700)
    assert "31%" in finding.problem.en
    assert finding.evidence["week"].to_list()[-1] == "2026-W46"
    assert finding.evidence.height == 6


def test_a_festival_week_below_the_line_stays_silent():
    data = MemoryData({"costs": costs(6, {4: 0.24, 5: 0.31})})
    found = ask(data, "cost_share", Scope.week("2026-W45"), {})
    assert found.scalars["alerts"].value == 0
    assert found.findings == ()


def test_shares_of_a_week_sum_to_one_and_cut_weeks_are_left_out():
    data = MemoryData({"costs": costs(3, {}).filter(pl.col("cost_date") > pl.date(2026, 10, 6))})
    weeks = ask(data, "cost_share", Scope(), {}).frames["weeks"]
    assert weeks["week"].unique().sort().to_list() == ["2026-W42", "2026-W43"]
    assert weeks.group_by("week").agg(pl.col("share").sum())["share"].to_list() == [1, 1]


def test_the_shop_s_own_budget_goes_before_the_plan_s_and_week_before_month():
    tables = {
        "costs": costs(2, {}),
        "plan": _plan(
            ("2026-W41", "logistics", 0.05),
            ("2026-10", "logistics", 0.2),
            ("2026-10", "gmv", 9e6),
        ),
    }
    weeks = ask(MemoryData(tables), "cost_share", Scope(), {}).frames["weeks"]
    plans = dict(weeks.filter(category="logistics").select("week", "plan").iter_rows())
    assert plans == {"2026-W41": 0.05, "2026-W42": 0.2}
    assert weeks.filter(state="alert")["week"].to_list() == ["2026-W41"]


def test_budgets_in_money_become_shares_of_the_period():
    plan = _plan(("2026-10", "logistics", 3e4), ("2026-10", "ads", 9e4), ("2026-11", "ads", 5e4))
    data = MemoryData({"plan": plan})
    shares = planned_shares(data, pl.DataFrame({"week": ["2026-W42", "2026-W46"]}))
    found = {(week, name): share for week, name, share in shares.iter_rows()}
    assert found["2026-W42", "logistics"] == pytest.approx(0.25)
    assert found["2026-W42", "ads"] == pytest.approx(0.75)
    assert found["2026-W46", "ads"] == pytest.approx(0.10)  # one line alone says no share


def test_the_factor_is_a_setting():
    tables = {"costs": costs(6, {5: 0.31})}
    calm = MemoryData(tables).settings.with_(peak_multiplier=3)
    found = ask(MemoryData(tables, settings=calm), "cost_share", Scope.week("2026-W46"), {})
    assert found.findings == ()


def test_categories_without_a_plan_are_named_not_judged():
    found = ask(MemoryData({"costs": costs(2, {})}), "cost_share", Scope(), {})
    assert found.notes[0].en == "No plan, so not judged: staff."


def test_the_thursday_decides_the_month_of_a_week():
    assert periods_of("2026-W01") == ("2026-W01", "2026-01", "2026-Q1", "2026")
    assert periods_of("2026-W40") == ("2026-W40", "2026-10", "2026-Q4", "2026")
