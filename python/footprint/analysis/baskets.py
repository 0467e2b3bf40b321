"""Which goods the same buyers buy: support, lift and error control over all pairs."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from footprint.stats import benjamini_hochberg

_MOST_SKUS = 400
SCHEMA = {
    "a": pl.String(), "b": pl.String(), "buyers": pl.Int64(), "support": pl.Float64(),
    "expected": pl.Float64(), "lift": pl.Float64(), "p_value": pl.Float64(),
    "p_adjusted": pl.Float64(),
}  # fmt: skip


def pairs(lines: pl.DataFrame, least: int) -> pl.DataFrame:
    """Pairs of SKUs and how many buyers hold both, against what chance would give.

    ``lines`` needs user_id, sku_id, category. Expected: both bought independently by the buyers of
    their category (of either category when they differ), so that two fresh goods are compared among
    fresh buyers. ``lift`` = buyers / expected, p one-sided hypergeometric (Fisher), corrected over
    every possible pair of SKUs with ``least`` buyers each. Source: requirement row S2.3.3-c.
    """
    held = lines.select("user_id", "sku_id", "category").drop_nulls().unique(["user_id", "sku_id"])
    sizes = held.group_by("sku_id").agg(pl.col("category").first(), n=pl.len())
    sizes = sizes.filter(pl.col("n") >= least).sort(["n", "sku_id"], descending=[True, False])
    sizes = sizes.head(_MOST_SKUS).with_row_index("place")
    if sizes.height < 2:
        return pl.DataFrame(schema=SCHEMA)
    kept = held.join(sizes.select("sku_id", "place"), on="sku_id")
    users = kept["user_id"].rank("dense").to_numpy().astype(np.int64) - 1
    ones = np.ones(len(users), dtype=np.int32)
    shape = (int(users.max()) + 1, sizes.height)
    table = csr_array((ones, (users, kept["place"].to_numpy())), shape=shape)
    both = np.asarray((table.T @ table).todense())
    i, j = np.triu_indices(sizes.height, 1)
    return _judged(sizes, both[i, j], i, j, _universes(held, sizes, i, j), held)


def _universes(held: pl.DataFrame, sizes: pl.DataFrame, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Buyers who could have bought both: of the category, or of either of the two."""
    users = held.select("user_id", "category").unique()
    single = dict(users.group_by("category").agg(pl.len()).iter_rows())
    names = list(single)
    code = {name: k for k, name in enumerate(names)}
    person = users["user_id"].rank("dense").to_numpy().astype(np.int64) - 1
    kind = users["category"].replace_strict(code).to_numpy()
    ones = np.ones(len(person), dtype=np.int32)
    member = csr_array((ones, (person, kind)), shape=(int(person.max()) + 1, len(names)))
    shared = np.asarray((member.T @ member).todense())
    of = sizes["category"].replace_strict(code).to_numpy()
    a, b = of[i], of[j]
    alone = np.diag(shared)
    return np.where(a == b, alone[a], alone[a] + alone[b] - shared[a, b])


def _judged(
    sizes: pl.DataFrame, both: np.ndarray, i: np.ndarray, j: np.ndarray, universe: np.ndarray,
    held: pl.DataFrame,
) -> pl.DataFrame:  # fmt: skip
    from scipy.stats import hypergeom

    n = sizes["n"].to_numpy().astype(float)
    expected = n[i] * n[j] / universe
    p = np.ones(len(both))
    more = both > expected  # only more than expected is of interest; the rest is p = 1
    p[more] = hypergeom.sf(both[more] - 1, universe[more], n[i][more], n[j][more])
    fair = benjamini_hochberg(p)
    shown = both > 0
    ids = sizes["sku_id"].to_numpy()
    buyers = held["user_id"].n_unique()
    return pl.DataFrame({
        "a": ids[i][shown], "b": ids[j][shown], "buyers": both[shown].astype(np.int64),
        "support": both[shown] / buyers, "expected": expected[shown],
        "lift": both[shown] / expected[shown], "p_value": p[shown], "p_adjusted": fair[shown],
    }, schema=SCHEMA).sort(["p_adjusted", "p_value", "a", "b"])  # fmt: skip
