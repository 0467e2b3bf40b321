"""Every customer's expected orders and money, from the two models of ``footprint.lifetime``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from footprint import stats
from footprint.analysis.rfm import rfm
from footprint.lifetime import BuyingModel, Groups, SpendingModel, fit_buying, fit_spending
from footprint.lifetime.buying import Model
from footprint.lifetime.curvature import spread_of
from footprint.lifetime.history import histories

LEAST_CUSTOMERS, LEAST_REPEATERS = 200, 30
TOP = 0.2
_MONTH = 365 / 12
_MOST_REPEATS = 7


@dataclass(frozen=True, slots=True)
class Valuation:
    """The customers of a day (columns of ``histories``), both models, and the group of each."""

    people: pl.DataFrame
    groups: Groups
    place: np.ndarray
    buying: BuyingModel
    spending: SpendingModel

    @property
    def level(self) -> np.ndarray:
        """Expected money per order of each customer."""
        x, m = (self.people[name].to_numpy() for name in ("x", "m"))
        return self.spending.level(x, m)

    def orders(self, ahead: float) -> np.ndarray:
        """Expected orders of each customer in the coming days."""
        return self.buying.expected(self.groups, ahead)[self.place]

    def weighed(self, ahead: float, yearly: float) -> np.ndarray:
        """The same with each month's orders discounted by ``yearly`` (.1 = 10 % a year)."""
        return _weighed(self.buying, self.groups, ahead, yearly)[self.place]

    def money(self, ahead: float, yearly: float) -> np.ndarray:
        """Expected discounted money of each customer in the coming days."""
        return self.weighed(ahead, yearly) * self.level

    def money_spread(self, ahead: float, yearly: float) -> float:
        """Standard error of the sum of ``money``: of both models (delta method) and of chance."""
        x, m = (self.people[name].to_numpy() for name in ("x", "m"))
        weighed, level = self.weighed(ahead, yearly), self.level
        by_group = np.bincount(self.place, weights=level, minlength=len(self.groups.x))
        buying = spread_of(
            lambda logs: float(by_group @ _weighed(self.buying.at(logs), self.groups, ahead,
                                                   yearly)),
            np.log(self.buying.parameters), self.buying.covariance,
        )  # fmt: skip
        spending = spread_of(
            lambda logs: float(weighed @ self.spending.at(logs).level(x, m)),
            np.log(self.spending.parameters), self.spending.covariance,
        )  # fmt: skip
        chance = float((weighed * level**2 * (1 + 1 / self.spending.p)).sum())
        return float(np.sqrt(buying**2 + spending**2 + chance))


def _weighed(model: BuyingModel, groups: Groups, ahead: float, yearly: float) -> np.ndarray:
    total, before = np.zeros(len(groups.x)), np.zeros(len(groups.x))
    for end in _months(ahead):
        until = model.expected(groups, end)
        total += (until - before) / (1 + yearly) ** (end / 365)
        before = until
    return total


def _months(ahead: float) -> Iterator[float]:
    end = _MONTH
    while end < ahead - 1e-9:
        yield end
        end += _MONTH
    yield ahead


def value(bought: pl.DataFrame, until: date, model: Model) -> Valuation | None:
    """Both models fitted to the customers of ``until``; None for too few customers, too few who
    bought again, or money so uneven that no mean exists."""
    people = histories(bought, until)
    x, m = people["x"].to_numpy(), people["m"].to_numpy()
    if people.height < LEAST_CUSTOMERS or ((x > 0) & (m > 0)).sum() < LEAST_REPEATERS:
        return None
    groups, place = Groups.of(people)
    spending = fit_spending(x, m)
    if spending.q <= 1:
        return None
    return Valuation(people, groups, place, fit_buying(groups, model), spending)


@dataclass(frozen=True, slots=True)
class HoldOut:
    """What the model said about days it had not seen. ``ranking``: method, captured, of_best;
    ``repeats``: repeats, users, expected, actual, low, high (orders per customer)."""

    days: int
    customers: int
    orders: float
    expected: float
    ranking: pl.DataFrame
    repeats: pl.DataFrame


def held_days(bought: pl.DataFrame, until: date, ahead: int) -> int:
    """How many last days to hold out: at most ``ahead`` and a third of the history."""
    first = bought["day"].min()
    return min(ahead, ((until - first).days + 1) // 3) if isinstance(first, date) else 0


def hold_out(bought: pl.DataFrame, until: date, model: Model, days: int) -> HoldOut | None:
    """Fit without the last ``days``, then compare.

    None when too little is left to fit or nobody bought in the days held out.
    """
    split = until - timedelta(days=days)
    known = value(bought, split, model) if days >= 7 else None
    if known is None:
        return None
    later = bought.filter(pl.col("day") > split, pl.col("day") <= until).group_by("user").agg(
        later_orders=pl.col("day").n_unique().cast(pl.Int64), later_money=pl.col("money").sum()
    )  # fmt: skip
    people = known.people.with_columns(
        expected=pl.Series(known.orders(days)), worth=pl.Series(known.orders(days) * known.level)
    ).join(later, on="user", how="left", maintain_order="left")
    people = people.with_columns(pl.col("later_orders", "later_money").fill_null(0))
    if not people["later_orders"].sum():
        return None
    scored = rfm(bought, split).select("user", rfm=pl.col("r") + pl.col("f") + pl.col("m"))
    people = people.join(scored, on="user", how="left", maintain_order="left")
    return HoldOut(
        days, people.height, float(people["later_orders"].sum()),
        float(people["expected"].sum()), _ranking(people), _repeats(people),
    )  # fmt: skip


def _ranking(people: pl.DataFrame) -> pl.DataFrame:
    """Share of the later money that the top fifth by each method spent."""
    top = max(1, int(people.height * TOP))
    total = float(people["later_money"].sum())
    methods = {"model": "worth", "rfm_score": "rfm", "past_money": "past", "perfect": "later_money"}
    shares = [
        float(people.sort(column, "user", descending=[True, False])["later_money"].head(top).sum())
        / total
        for column in methods.values()
    ]
    frame = pl.DataFrame({"method": list(methods), "captured": shares, "n": people.height})
    return frame.with_columns(of_best=pl.col("captured") / shares[-1])


def _repeats(people: pl.DataFrame) -> pl.DataFrame:
    """Orders per customer, expected and actual, by repeat orders before."""
    seen = pl.min_horizontal("x", pl.lit(_MOST_REPEATS))
    grouped = people.group_by(seen.alias("x")).agg(
        users=pl.len().cast(pl.Int64), expected=pl.col("expected").mean(),
        actual=pl.col("later_orders").mean(), count=pl.col("later_orders").sum(),
    ).sort("x")  # fmt: skip
    bounds = [stats.poisson_interval(count) for count in grouped["count"]]
    most = pl.lit(f"{_MOST_REPEATS}+")
    return grouped.with_columns(
        low=pl.Series([low for low, _ in bounds], dtype=pl.Float64) / pl.col("users"),
        high=pl.Series([high for _, high in bounds], dtype=pl.Float64) / pl.col("users"),
        repeats=pl.when(pl.col("x") < _MOST_REPEATS)
        .then(pl.col("x").cast(pl.String))
        .otherwise(most),
    ).select("repeats", "users", "expected", "actual", "low", "high")
