"""Attribution packages on a ready-made path table: heuristic models and order-1 Markov credits.

Each entry takes the path table (path joined by " > ", conversions, value, nulls), prepares the
package's own input unmeasured, and gives a call that answers the Markov credits by channel.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import polars as pl

Ask = Callable[[], dict[str, float]]


def channel_attribution(table: pl.DataFrame) -> Ask:
    """ChannelAttribution: Markov by simulation at its defaults."""
    import ChannelAttribution as package  # noqa: N813

    counts = ("conversions", "nulls")
    frame = table.select("path", *(pl.col(c).cast(pl.Int64) for c in counts), "value").to_pandas()
    common = {"var_path": "path", "var_conv": "conversions", "sep": ">"}

    def ask() -> dict[str, float]:
        package.heuristic_models(frame, flg_pro=False, **common)
        answer = package.markov_model(
            frame, var_null="nulls", order=1, flg_pro=False, verbose=False, **common
        )
        return dict(zip(answer["channel_name"], answer["total_conversions"], strict=True))

    return ask


def marketing_attribution_models(table: pl.DataFrame) -> Ask:
    """marketing-attribution-models: grouped journeys, one row for the outcome of each path."""
    from mam import MAM

    rows = pl.concat(
        table.filter(pl.col(column) > 0).select(
            "path", pl.lit(won).alias("conversion"), pl.col(column).alias("occurrences")
        )
        for column, won in (("conversions", True), ("nulls", False))
    )

    def ask() -> dict[str, float]:
        tool = MAM(
            rows, "grouped_journey", channels_colname="path",
            journey_with_conv_colname="conversion", occurrences_colname="occurrences",
        )  # fmt: skip
        for heuristic in (tool.run_first_click, tool.run_last_click, tool.run_linear):
            heuristic()
        answer = tool.run_markov().to_polars()
        channel, credit = answer.columns[:2]
        return {str(k): float(v) for k, v in zip(answer[channel], answer[credit], strict=True)}

    return ask


TOOLS = {
    "ChannelAttribution": channel_attribution,
    "marketing_attribution_models": marketing_attribution_models,
}
_MODULES = {"ChannelAttribution": "ChannelAttribution", "marketing_attribution_models": "mam"}


def installed() -> tuple[str, ...]:
    """The packages that can be imported here."""
    return tuple(name for name, module in _MODULES.items() if find_spec(module) is not None)
