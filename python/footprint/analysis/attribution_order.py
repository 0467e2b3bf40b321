"""Does the order of touches matter? Chains of order 0 to 4 judged on users they have not seen."""

from __future__ import annotations

import polars as pl

from footprint.analysis.attribution import DIMENSIONS
from footprint.analysis.log_rows import log_mask, row_values
from footprint.data import Data
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.stats import normal_quantile
from footprint.text import Text

SCORES = {"order": pl.Int64, "log_loss": pl.Float64, "gain": pl.Float64, "low": pl.Float64,
          "high": pl.Float64, "chosen": pl.Boolean}  # fmt: skip
_DEFINITION = Text(
    "把用户分成几份，用其余用户的路径预测这一份的下一步；误差不明显更大的最低阶数即为所选。"
    "没有一个阶数明显好于不看历史，则为“无用”。",
    "Users are split; the next step of each part is predicted from the paths of the others. Chosen "
    "is the lowest order whose loss is not clearly worse than the best; none when no order clearly "
    "beats ignoring history.",
)


@question(
    "attribution_order",
    title=Text("归因要看几步历史？", "How many steps of history does attribution need?"),
    page="ASK",
    rows=("S7.2-c",),
    needs=("events",),
    uses=("orders", "streams", "products"),
    params=(
        Param("dimension", str, "channel", Text("触点维度", "What counts as a touch"), DIMENSIONS),
        Param("lookback_days", float, None, Text("回看天数（空白=不限）", "Look-back in days")),
    ),
)
def attribution_order(
    data: Data, scope: Scope, dimension: str = "channel", lookback_days: float | None = None
) -> Result:
    """Held-out log-loss of Markov chains by order, and the order the journeys support.

    Frame ``scores``: order (0 = no history), log_loss (mean per step on unseen users, nats),
    gain (over the order below), low, high (95 % interval of the gain), chosen. Scalars: order (text
    "none" for no skill), gain of the chosen order over no history, journeys. Source: requirement
    row S7.2-c.
    """
    touches = dimension if dimension not in ("host_id", "category") else row_values(data, dimension)
    tables = data.event_log().attribution(
        touches, models=("last",), lookback_days=lookback_days, mask=log_mask(data, scope),
        period=scope.bounds(), replicates=0,
    )  # fmt: skip
    choice, n = tables.order_choice, tables.journeys
    half = pl.col("error") * normal_quantile()
    scores = choice.scores.select(
        "order", "gain", log_loss="loss", low=pl.col("gain") - half, high=pl.col("gain") + half,
        chosen=(pl.col("order") == choice.order) if choice.order is not None else pl.lit(False),
    ).select(*SCORES).cast(SCORES)  # type: ignore[arg-type]  # fmt: skip
    known = scores.filter("chosen")
    first = scores.filter(pl.col("order") == 0)
    gained = (
        float(first["log_loss"][0] - known["log_loss"][0])
        if known.height and first.height
        else None
    )
    return Result(
        {
            "order": Scalar("none" if choice.order is None else choice.order,
                            "text" if choice.order is None else "count", n,
                            label=Text("所选阶数", "Order chosen"), definition=_DEFINITION),
            "gain": Scalar(gained, "x", n, label=Text("比不看历史好多少（奈特）",
                                                      "Better than no history by (nats)"),
                           definition=_DEFINITION),
            "journeys": Scalar(n, "count", n, label=Text("旅程数", "Journeys"),
                               definition=_DEFINITION),
        },
        {"scores": scores},
    )  # fmt: skip
