"""The planned share of each cost category: the shop's own budget, else the operations plan."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from footprint.data import Data
from footprint.schema import COST_CATEGORIES
from footprint.scope import Scope

# Cost category -> the budget rule of the operations plan that speaks of it.
_BUDGET_RULES = {
    "logistics": "budget_logistics",
    "ads": "budget_ads",
    "tech": "budget_tech",
    "host_commission": "budget_commission",
}
_WEEK = re.compile(r"\d{4}-W\d{2}")
_SCHEMA = {"week": pl.String(), "category": pl.String(), "plan": pl.Float64()}


def planned_shares(data: Data, weeks: pl.DataFrame) -> pl.DataFrame:
    """Planned share (0..1) per week and category for the labels in ``weeks`` (column ``week``).

    A budget line named like a cost category counts: an amount up to 1 is a share, above 1 it is
    CNY and is divided by all such lines of the same period (one alone says no share). The
    narrowest period that holds the week's Thursday wins: week (2026-W46), month (2026-11),
    quarter (2026-Q4), year (2026). Source: requirement row S4.2-c.
    """
    sheet = _sheet(data)
    rows = [
        {"week": week, "category": category, "plan": share}
        for week in weeks["week"].to_list()
        for category, share in _plan_of(week, sheet, _rules(data)).items()
    ]
    return pl.DataFrame(rows, schema=_SCHEMA)


def periods_of(week: str) -> tuple[str, ...]:
    """The labels a budget may use for this ISO week, narrowest first."""
    monday = Scope.week(week).start
    assert monday is not None
    thursday = date.fromordinal(monday.toordinal() + 3)
    quarter = (thursday.month - 1) // 3 + 1
    return (week, f"{thursday:%Y-%m}", f"{thursday.year}-Q{quarter}", f"{thursday.year}")


def _plan_of(week: str, sheet: dict[str, dict[str, float]], rules: dict[str, float]) -> dict:
    plan = dict(rules)
    for period in reversed(periods_of(week)):
        plan |= sheet.get(period, {})
    return plan


def _sheet(data: Data) -> dict[str, dict[str, float]]:
    """Shares by period label, from the uploaded budget."""
    if not data.has("plan"):
        return {}
    lines = data.frame("plan").filter(
        pl.col("line").is_in(COST_CATEGORIES), pl.col("amount").is_not_null()
    )
    money = pl.col("amount") > 1
    shares = lines.with_columns(
        total=pl.col("amount").filter(money).sum().over("period"),
        lines=pl.col("amount").filter(money).len().over("period"),
    ).select(
        "period", "line",
        share=pl.when(~money).then("amount")
        .when(pl.col("lines") > 1).then(pl.col("amount") / pl.col("total")),
    ).drop_nulls("share")  # fmt: skip
    found: dict[str, dict[str, float]] = {}
    for period, line, share in shares.iter_rows():
        found.setdefault(_label(period), {})[line] = share
    return found


def _label(period: str) -> str:
    """2026W46, 2026/11 and 2026-11-01 as this module writes them."""
    text = period.strip().upper().replace("/", "-")
    text = re.sub(r"^(\d{4})-?W(\d{1,2})$", lambda m: f"{m[1]}-W{int(m[2]):02d}", text)
    if _WEEK.fullmatch(text) or "Q" in text:
        return re.sub(r"^(\d{4})-?Q", r"\1-Q", text)
    parts = text.split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        day = date(*map(int, parts))
        return day.strftime("%G-W%V") if day.weekday() == 0 and day.day != 1 else f"{day:%Y-%m}"
    return f"{parts[0]}-{int(parts[1]):02d}" if len(parts) == 2 and parts[1].isdigit() else text


def _rules(data: Data) -> dict[str, float]:
    """Budget shares of the operations plan; a range counts with its upper end."""
    found = {}
    for category, key in _BUDGET_RULES.items():
        value = data.settings.value(key)
        if value is not None:
            found[category] = max(value) if isinstance(value, list) else float(value)
    return found
