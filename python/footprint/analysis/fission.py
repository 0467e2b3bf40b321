"""How far does sharing spread? Invitations by wording, new buyers brought, chains of friends."""

from __future__ import annotations

from typing import Any

import polars as pl

from footprint import stats
from footprint.analysis.referral import invites, inviting, referred_buyers
from footprint.data import Data
from footprint.masking import masked_ids
from footprint.metrics import View
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.scoping import narrowed
from footprint.text import Text

ALPHA = 0.05
LISTED = 500
DEEPEST = 100
_K = Text(
    "每位客人带来的新买家数：接受邀请后在规定天数内首次下单的人 ÷ 这段时间买过或邀请过的人。"
    "大于 1 时，靠分享就能自己增长。",
    "New buyers per customer: people who first ordered in time after accepting an invitation, "
    "divided by everyone who bought or invited in the period. Above 1 the shop grows by sharing.",
)
_EACH = Text(
    "每位邀请人带来的新买家数；只看发过邀请的人。",
    "New buyers per person who sent an invitation.",
)
_WORDINGS: dict[str, Any] = {
    "wording_id": pl.String, "invites": pl.Int64, "inviters": pl.Int64, "accepts": pl.Int64,
    "accept_rate": pl.Float64, "low": pl.Float64, "high": pl.Float64, "buyers": pl.Int64,
    "per_inviter": pl.Float64, "each_low": pl.Float64, "each_high": pl.Float64,
    "p_adjusted": pl.Float64, "verdict": pl.String,
}  # fmt: skip
_MONTHS: dict[str, Any] = {
    "month": pl.Date, "inviters": pl.Int64, "buyers": pl.Int64, "per_inviter": pl.Float64,
    "low": pl.Float64, "high": pl.Float64,
}  # fmt: skip


@question(
    "fission",
    title=Text("分享能传多远？", "How far does sharing spread?"),
    page="U4",
    rows=("S2.2.2-b", "S7.3-a"),
    needs=("events", "orders"),
    uses=("streams", "products"),
)
def fission(data: Data, scope: Scope) -> Result:
    """Invitations and what came of them, by wording and month, and the chains of referred buyers.

    Frames: ``wordings`` (wording_id, invites, inviters, accepts, accept_rate with low and high,
    buyers, per_inviter with each_low and each_high, p_adjusted of the accept rate against all other
    wordings after Benjamini and Hochberg, verdict: effect_up, effect_down, no_effect, too_small,
    alone = no other to compare with),
    ``months`` (inviters, buyers, per_inviter, low, high by month of the invitation), ``depth``
    (depth 1 = brought by someone nobody brought; buyers, share) and ``inviters`` (masked id,
    invites, accepts, buyers). Scalars: k_factor (new buyers per customer), k_per_100, per_inviter,
    invites_per_inviter, accept_rate, deepest, brought_share = buyers brought by others among all
    buyers. Withheld below the setting min_group. Source: requirement rows S2.2.2-b and S7.3-a.
    """
    view = View(data, scope)
    minimum = int(data.settings.value("min_group"))
    pairs = _pairs(view)
    wordings = _judged(invites(view), minimum, _spread(pairs, "wording_id"))
    tree = depths(referred_buyers(data))
    frames = {
        "wordings": wordings,
        "months": _months(pairs, minimum),
        "depth": _depth_table(tree),
        "inviters": _inviters(pairs),
    }
    return Result(_scalars(view, pairs, tree, minimum), frames, notes=_notes(pairs, minimum))


def _pairs(view: View) -> pl.DataFrame:
    """One row per inviter, wording and month: invites, accepts, buyers (from his acceptances)."""
    events = narrowed(view.data, "events", inviting(view.data), view.scope).lazy()
    month = view.days("event_ts").dt.truncate("1mo")
    keys = ["user_id", "wording_id", "month"]
    sent = events.filter(pl.col("event_type") == "invite").with_columns(month=month).group_by(
        keys
    ).agg(invites=pl.len().cast(pl.Int64))  # fmt: skip
    brought = referred_buyers(view.data).lazy().select("user_id", bought=pl.lit(value=True))
    taken = (
        events.filter(pl.col("event_type") == "invite_accept", pl.col("referrer_id").is_not_null())
        .with_columns(month=month)
        .unique(["user_id", "referrer_id", "wording_id"], keep="first", maintain_order=True)
        .join(brought, on="user_id", how="left")
        .group_by(user_id="referrer_id", wording_id="wording_id", month="month")
        .agg(accepts=pl.len().cast(pl.Int64),
             buyers=pl.col("bought").fill_null(value=False).sum().cast(pl.Int64))
    )  # fmt: skip
    joined = sent.join(taken, on=keys, how="full", coalesce=True, nulls_equal=True)
    return joined.with_columns(pl.col("invites", "accepts", "buyers").fill_null(0)).collect()


def _spread(pairs: pl.DataFrame, key: str) -> dict[Any, tuple[float, float, float]]:
    """Buyers brought per inviter and its interval, per value of ``key``."""
    each = pairs.group_by(key, "user_id").agg(pl.col("buyers").sum())
    found = {}
    for (value,), part in each.group_by(key):
        mean, low, high = stats.mean_interval(part["buyers"])
        found[value] = (mean, max(low, 0.0), high) if part.height > 1 else (mean, 0.0, mean)
    return found


def _judged(
    table: pl.DataFrame, minimum: int, spread: dict[Any, tuple[float, float, float]]
) -> pl.DataFrame:
    """Wordings with buyers per inviter and the verdict on their accept rate against all others."""
    rows = table.to_dicts()
    sent, taken = sum(r["invites"] for r in rows), sum(r["accepts"] for r in rows)
    for row in rows:
        each = spread.get(row["wording_id"], (None, None, None))
        row["per_inviter"], row["each_low"], row["each_high"] = each
        rest = sent - row["invites"]
        known = row["accept_rate"] is not None and min(row["invites"], rest) >= minimum
        others = min(taken - row["accepts"], rest)
        row["p"] = (
            stats.two_proportions(row["accepts"], row["invites"], others, rest).p if known else None
        )
        row["up"] = known and row["accept_rate"] > others / rest
    ps = [row["p"] for row in rows if row["p"] is not None]
    fair = iter(stats.benjamini_hochberg(ps)) if ps else iter(())
    for row in rows:
        row["p_adjusted"] = float(next(fair)) if row["p"] is not None else None
        alone = row["p"] is None and row["invites"] >= minimum
        row["verdict"] = "alone" if alone else _verdict(row["p_adjusted"], row["up"])
    return pl.DataFrame([{name: row[name] for name in _WORDINGS} for row in rows], schema=_WORDINGS)


def _verdict(p: float | None, up: bool) -> str:
    if p is None:
        return "too_small"
    if p >= ALPHA:
        return "no_effect"
    return "effect_up" if up else "effect_down"


def _months(pairs: pl.DataFrame, minimum: int) -> pl.DataFrame:
    spread = _spread(pairs, "month")
    counted = pairs.group_by("month").agg(
        inviters=pl.col("user_id").n_unique().cast(pl.Int64), buyers=pl.col("buyers").sum()
    ).sort("month")  # fmt: skip
    rows = []
    for row in counted.to_dicts():
        k, low, high = spread[row["month"]]
        enough = row["inviters"] >= minimum
        rows.append(row | {"per_inviter": k if enough else None, "low": low if enough else None,
                           "high": high if enough else None})  # fmt: skip
    return pl.DataFrame(rows, schema=_MONTHS)


def depths(pairs: pl.DataFrame) -> pl.DataFrame:
    """user_id, depth of every referred buyer: 1 when nobody brought the one who brought him.

    ``pairs``: user_id, referrer_id. People in a circle (each brought by the other) have no depth
    and are left out.
    """
    links = pairs.select("user_id", "referrer_id")
    level = links.join(links.select(referrer_id="user_id"), on="referrer_id", how="anti")
    parts, depth = [], 1
    while level.height and depth <= DEEPEST:
        parts.append(level.select("user_id", depth=pl.lit(depth, pl.Int64)))
        level = links.join(level.select(referrer_id="user_id"), on="referrer_id", how="semi")
        depth += 1
    schema = {"user_id": pl.String, "depth": pl.Int64}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def _depth_table(tree: pl.DataFrame) -> pl.DataFrame:
    counted = tree.group_by("depth").agg(buyers=pl.len().cast(pl.Int64)).sort("depth")
    return counted.with_columns(share=pl.col("buyers") / pl.col("buyers").sum())


def _inviters(pairs: pl.DataFrame) -> pl.DataFrame:
    best = pairs.group_by("user_id").agg(pl.col("invites", "accepts", "buyers").sum())
    best = best.sort("buyers", "accepts", "user_id", descending=[True, True, False])
    return best.head(LISTED).select(masked_ids(), "invites", "accepts", "buyers")


def _scalars(
    view: View, pairs: pl.DataFrame, tree: pl.DataFrame, minimum: int
) -> dict[str, Scalar]:
    each = pairs.group_by("user_id").agg(pl.col("invites", "accepts", "buyers").sum())
    n, sent, taken = each.height, int(pairs["invites"].sum()), int(pairs["accepts"].sum())
    enough = n >= minimum
    per, low, high = stats.mean_interval(each["buyers"]) if enough else (None, None, None)
    base = pl.concat([view.rows("orders")["user_id"], each["user_id"]]).n_unique()
    k = stats.mean_interval(_spread_over(each["buyers"], base)) if base >= minimum else (None,) * 3
    known_k = base >= minimum
    rated = enough and sent > 0 and taken <= sent
    a_low, a_high = stats.wilson(taken, sent) if rated else (None, None)
    buyers = view.data.frame("orders")["user_id"].n_unique()
    b_low, b_high = stats.wilson(tree.height, buyers)
    known = buyers >= minimum
    return {
        "k_factor": Scalar(k[0], "count", base, max(k[1], 0.0) if k[1] is not None else None, k[2],
                           Text("传播系数 K", "K-factor"), _K),
        "k_per_100": Scalar(
            _hundred(k[0]), "count", base, max(_hundred(k[1]) or 0.0, 0.0) if known_k else None,
            _hundred(k[2]), Text("每百位客人带来的新买家", "New buyers per 100 customers"), _K,
        ),
        "per_inviter": Scalar(per, "count", n, max(low, 0.0) if low is not None else None, high,
                              Text("每位邀请人带来", "Brought per inviter"), _EACH),
        "invites_per_inviter": Scalar(sent / n if enough else None, "count", n,
                                      label=Text("人均邀请", "Invitations per inviter")),
        "accept_rate": Scalar(taken / sent if rated else None, "rate", sent, a_low, a_high,
                              Text("接受率", "Accept rate")),
        "deepest": Scalar(int(tree["depth"].max() or 0), "count", tree.height,  # type: ignore[arg-type]
                          label=Text("最长的一条推荐链", "Longest chain of friends"),
                          definition=Text("甲带来乙、乙带来丙，链长为 2。",
                                          "A brought B and B brought C: a chain of 2.")),
        "brought_share": Scalar(tree.height / buyers if known else None, "rate", buyers,
                                b_low if known else None, b_high if known else None,
                                Text("由别人带来的买家占比", "Buyers brought by others")),
    }  # fmt: skip


def _hundred(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _spread_over(counts: pl.Series, people: int) -> stats.Moments:
    """Mean and spread of ``counts`` when everyone else among ``people`` brought nobody."""
    total, squares = float(counts.sum()), float((counts.cast(pl.Float64) ** 2).sum())
    variance = (squares - total**2 / people) / max(people - 1, 1)
    return stats.Moments(total / people, max(variance, 0.0) ** 0.5, people)


def _notes(pairs: pl.DataFrame, minimum: int) -> tuple[Text, ...]:
    inviters = pairs["user_id"].n_unique()
    if inviters >= minimum:
        return ()
    return (
        Text(
            f"邀请人只有 {inviters} 位，不足 {minimum} 位，不下结论。",
            f"Only {inviters} inviters (fewer than {minimum}): nothing is concluded.",
        ),
    )
