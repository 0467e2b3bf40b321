"""How often customers buy and when they silently leave: the BG/NBD and MBG/NBD models.

While alive a customer buys at a rate of his own (gamma over customers); after each purchase he
leaves for good with a chance of his own (beta over customers). BG/NBD (Fader, Hardie and Lee 2005)
lets nobody leave before the first repeat purchase, so one-time buyers stay "alive" for ever;
MBG/NBD (Batislam et al. 2007) lets him leave after the first purchase too and is the default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln, hyp2f1

from footprint.lifetime.curvature import covariance

Model = Literal["mbg", "bg"]
NAMES = ("r", "alpha", "a", "b")
# Parameters are fitted with the longest observation scaled to this, so that a prior centred at one
# suits any shop and any unit of time.
SCALED_T = 10.0
_NEAR_ONE = 1e-5


@dataclass(frozen=True, slots=True)
class Groups:
    """Customers counted by equal history: repeat purchases ``x``, time of the last one ``t_x`` and
    time under observation ``T`` (both since the first purchase), and how ``many`` share it."""

    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    many: np.ndarray

    @classmethod
    def of(cls, customers: pl.DataFrame) -> tuple[Groups, np.ndarray]:
        """Groups of a frame with x, t_x and T, and the group of each customer."""
        keyed = customers.select(pl.struct("x", "t_x", "T").rank("dense").cast(pl.Int64) - 1)
        place = keyed.to_series().to_numpy()
        first = customers.with_columns(place=pl.Series(place)).group_by("place").agg(
            pl.col("x", "t_x", "T").first(), many=pl.len()
        ).sort("place")  # fmt: skip
        parts = (first[name].to_numpy().astype(float) for name in ("x", "t_x", "T", "many"))
        return cls(*parts), place


@dataclass(frozen=True, slots=True)
class BuyingModel:
    """A fitted model. ``covariance`` belongs to the logarithms of the parameters; ``loglik`` is
    that of the data alone, without the prior."""

    model: Model
    r: float
    alpha: float
    a: float
    b: float
    loglik: float
    covariance: np.ndarray

    @property
    def parameters(self) -> np.ndarray:
        """r, alpha, a, b."""
        return np.array([self.r, self.alpha, self.a, self.b])

    def at(self, logs: np.ndarray) -> BuyingModel:
        """The same model with other parameters, given as logarithms."""
        r, alpha, a, b = (float(value) for value in np.exp(logs))
        return BuyingModel(self.model, r, alpha, a, b, self.loglik, self.covariance)

    def p_alive(self, groups: Groups) -> np.ndarray:
        """Chance of each group that its customers have not left for good."""
        x, k = groups.x, _extra(self.model)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            odds = self.a / (self.b + x - 1 + k) * np.exp(
                (self.r + x) * np.log((self.alpha + groups.T) / (self.alpha + groups.t_x))
            )  # fmt: skip
        return np.where((x == 0) & (k == 0), 1.0, 1 / (1 + odds))

    def expected(self, groups: Groups, ahead: float) -> np.ndarray:
        """Purchases of one customer of each group in the coming ``ahead`` units of time."""
        k, b = _extra(self.model), self.b
        a = self.a if abs(self.a - 1) > _NEAR_ONE else 1 + _NEAR_ONE
        c = a + b + groups.x - 1 + k
        z = ahead / (self.alpha + groups.T + ahead)
        return c / (a - 1) * (1 - self._stay(groups.x, a, c, z)) * self.p_alive(groups)

    def _stay(self, x: np.ndarray, a: float, c: np.ndarray, z: np.ndarray) -> np.ndarray:
        """(1 - z)^(r + x) 2F1(r + x, b + x + k; c; z).

        By Euler's transformation it stays finite for thousands of purchases; as written it does so
        where nearly everybody leaves (a large), which the transformed one does not.
        """
        k, b, r = _extra(self.model), self.b, self.r
        with np.errstate(over="ignore", invalid="ignore"):
            found = (1 - z) ** (a - 1) * hyp2f1(a + b - 1 + k - r, a - 1, c, z)
            plain = ~np.isfinite(found)
            if plain.any():
                x, c, z = x[plain], c[plain], z[plain]
                found[plain] = (1 - z) ** (r + x) * hyp2f1(r + x, b + x + k, c, z)
        return np.where(np.isfinite(found), found, 0.0)

    def newcomer(self, ahead: float) -> float:
        """Repeat purchases of a new customer in ``ahead`` units of time."""
        fresh = Groups(np.zeros(1), np.zeros(1), np.zeros(1), np.ones(1))
        return float(self.expected(fresh, ahead)[0])


def fit_buying(groups: Groups, model: Model = "mbg", prior: float = 1.0) -> BuyingModel:
    """Most likely parameters of the groups.

    ``prior`` weighs a standard normal prior on the logarithms of the scaled parameters; it keeps
    small samples from running away (0 = plain maximum likelihood, as published figures are).
    """
    scale = SCALED_T / max(float(groups.T.max(initial=0.0)), 1e-9)
    scaled = Groups(groups.x, groups.t_x * scale, groups.T * scale, groups.many)
    tables = _Tables(scaled, _extra(model))

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = tables.loglik(np.exp(logs))
        return -value + prior * float(logs @ logs) / 2, -slope * np.exp(logs) + prior * logs

    starts = [np.zeros(4), np.array([-0.5, 0.5, -0.5, 0.5])]
    box = [(-12.0, 12.0)] * 4
    found = [minimize(loss, at, jac=True, method="L-BFGS-B", bounds=box,
                      options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8})
             for at in starts]  # fmt: skip
    best = min(found, key=lambda one: float(one.fun)).x
    spread = covariance(best, lambda logs: loss(logs)[1])
    r, alpha, a, b = np.exp(best)
    loglik = tables.loglik(np.exp(best))[0] + float((groups.many * groups.x).sum()) * np.log(scale)
    return BuyingModel(model, r, alpha / scale, a, b, float(loglik), spread)


def _extra(model: Model) -> int:
    """Coins tossed at the first purchase: MBG tosses one, BG none."""
    return 1 if model == "mbg" else 0


class _Tables:
    """The likelihood over groups; what depends on x alone is worked out once per value of x."""

    def __init__(self, groups: Groups, extra: int) -> None:
        self.groups, self.k = groups, extra
        self.xs, self.place = np.unique(groups.x, return_inverse=True)
        self.leaves = (self.xs - 1 + extra) >= 0

    def loglik(self, at: np.ndarray) -> tuple[float, np.ndarray]:
        """Log likelihood and its slope in r, alpha, a, b."""
        r, alpha, a, b = at
        g, xs, k, place = self.groups, self.xs, self.k, self.place
        stayed_log, left_log = np.log(alpha + g.T), np.log(alpha + g.t_x)
        stays = betaln(a, b + xs + k)
        safe = np.where(self.leaves, b + xs - 1 + k, 1.0)
        leaves = np.where(self.leaves, betaln(a + 1, safe), -np.inf)
        u = stays[place] - (r + g.x) * stayed_log
        v = leaves[place] - (r + g.x) * left_log
        both = np.logaddexp(u, v)
        w = np.exp(u - both)
        rate = gammaln(r + xs) - gammaln(r)
        value = g.many @ (rate[place] + both) + g.many.sum() * (r * np.log(alpha) - betaln(a, b))
        total = digamma(a + b + xs + k)
        in_a = (digamma(a) - total, digamma(a + 1) - total)
        in_b = (digamma(b + xs + k) - total, digamma(safe) - total)
        slopes = (
            (digamma(r + xs) - digamma(r))[place] + np.log(alpha) - w * stayed_log
            - (1 - w) * left_log,
            r / alpha - (r + g.x) * (w / (alpha + g.T) + (1 - w) / (alpha + g.t_x)),
            w * in_a[0][place] + (1 - w) * in_a[1][place] - digamma(a) + digamma(a + b),
            w * in_b[0][place] + (1 - w) * in_b[1][place] - digamma(b) + digamma(a + b),
        )  # fmt: skip
        return float(value), np.array([g.many @ slope for slope in slopes])
