"""How much a customer spends per purchase: the Gamma-Gamma model (Fader and Hardie 2013).

Purchases of one customer scatter round a level of his own; levels follow an inverse gamma law.
A customer with few purchases is pulled to the usual level, one with many keeps his own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from footprint.lifetime.curvature import covariance

NAMES = ("p", "q", "v")


@dataclass(frozen=True, slots=True)
class SpendingModel:
    """A fitted model; ``correlation`` is that of purchases and mean money, which it assumes away
    (beyond .3 in size its levels mislead). ``q`` must exceed 1 for a mean to exist. ``covariance``
    belongs to the logarithms of the parameters."""

    p: float
    q: float
    v: float
    loglik: float
    correlation: float
    covariance: np.ndarray

    def at(self, logs: np.ndarray) -> SpendingModel:
        """The same model with other parameters, given as logarithms."""
        p, q, v = (float(value) for value in np.exp(logs))
        return SpendingModel(p, q, v, self.loglik, self.correlation, self.covariance)

    @property
    def parameters(self) -> np.ndarray:
        """p, q, v."""
        return np.array([self.p, self.q, self.v])

    @property
    def usual(self) -> float | None:
        """Mean level of all customers, None when it does not exist."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else None

    def level(self, x: np.ndarray, money: np.ndarray) -> np.ndarray:
        """Expected money per purchase after ``x`` repeat purchases of mean ``money`` (x = 0: the
        usual level)."""
        seen = np.where(x > 0, money, 0.0)
        return self.p * (self.v + x * seen) / (self.p * x + self.q - 1)


def fit_spending(x: np.ndarray, money: np.ndarray, prior: float = 1.0) -> SpendingModel:
    """Most likely parameters over customers with ``x`` >= 1 and ``money`` > 0.

    ``prior`` weighs a standard normal prior on log p, log q and the log of v over the mean money
    (0 = plain maximum likelihood). Raises ValueError below two such customers.
    """
    use = (x >= 1) & (money > 0)
    n, m = x[use].astype(float), money[use].astype(float)
    if n.size < 2:
        raise ValueError("spending needs at least two customers who bought again")
    unit = float(m.mean())
    scaled = m / unit
    xs, place = np.unique(n, return_inverse=True)
    log_m, log_n = np.log(scaled), np.log(n)

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        p, q, v = np.exp(logs)
        whole = np.log(n * scaled + v)
        by_x = gammaln(p * xs + q) - gammaln(p * xs)
        value = (
            by_x[place] - gammaln(q) + q * np.log(v) + (p * n - 1) * log_m + p * n * log_n
            - (p * n + q) * whole
        ).sum()  # fmt: skip
        both, own = digamma(p * xs + q)[place], digamma(p * xs)[place]
        slope = np.array([
            (n * (both - own + log_m + log_n - whole)).sum(),
            (both - digamma(q) + np.log(v) - whole).sum(),
            (q / v - (p * n + q) / (n * scaled + v)).sum(),
        ])  # fmt: skip
        return -value + prior * float(logs @ logs) / 2, -slope * np.exp(logs) + prior * logs

    box = [(-8.0, 12.0)] * 3
    found = minimize(loss, np.array([0.5, 0.8, 0.0]), jac=True, method="L-BFGS-B", bounds=box,
                     options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-9})  # fmt: skip
    p, q, v = np.exp(found.x)
    logs = found.x
    loglik = -float(found.fun) + prior * float(logs @ logs) / 2 - n.size * float(np.log(unit))
    spread = float(n.std()) * float(m.std())
    correlation = float(np.cov(n, m, ddof=0)[0, 1]) / spread if spread > 0 else 0.0
    spread_of = covariance(found.x, lambda at: loss(at)[1])
    return SpendingModel(float(p), float(q), float(v) * unit, loglik, correlation, spread_of)
