"""Faults of real exports (PT44): duplicate lines, negative amounts, stream ids nobody knows,
streams whose sales differ from their orders, and a second goods file in GB18030 with percent as
text."""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.sample.world import World

EXTRA_FILE = "商品列表_gbk.csv"
EXTRA_SKUS = ("NEW-01", "NEW-02", "NEW-03")
_HEADINGS = ("商品SKU", "商品名称", "品类", "售价", "单位成本", "佣金率")
_OFF = (1.2, 0.85, 1.1, 0.9)


def orphaned(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """Some shelf orders of health name a stream that is in no list."""
    shelf = orders.with_row_index("row").filter(
        pl.col("stream_id").is_null(), pl.col("order_id").str.starts_with("he")
    )
    count = world.param("PT44.orphan_streams")
    chosen = shelf["row"].gather(_spread(shelf.height, count))
    ids = pl.Series([f"HX{n + 1:03d}" for n in range(count)], dtype=pl.String)
    stream = orders["stream_id"].scatter(chosen, ids)
    return orders.with_columns(stream_id=stream)


def bad_lines(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """Duplicate and negative order lines, made from health orders."""
    shelf = orders.filter(pl.col("stream_id").is_null(), pl.col("order_id").str.starts_with("he"))
    again = shelf.gather(_spread(shelf.height, world.param("PT44.duplicate_lines")) + 1)
    minus = shelf.gather(_spread(shelf.height, world.param("PT44.negative_amounts")) + 2)
    minus = minus.with_columns(
        order_id=pl.format("{}-r", "order_id"), paid_amount=-pl.col("paid_amount") // 5,
        list_amount=0, discount=0, commission=0,
    )  # fmt: skip
    return pl.concat([again, minus], how="vertical_relaxed")


def with_wrong_sales(world: World, streams: pl.DataFrame) -> pl.DataFrame:
    """Some health streams report sales that differ from their orders."""
    health = streams.with_row_index("row").filter(
        pl.col("category") == "health", pl.col("gmv") > 100_000
    )
    count = world.param("PT44.gmv_mismatch_streams")
    chosen = health["row"].gather(_spread(health.height, count))
    wrong = [int(streams["gmv"][row] * _OFF[place % len(_OFF)]) for place, row in enumerate(chosen)]
    return streams.with_columns(gmv=streams["gmv"].scatter(chosen, wrong))


def extra_file(world: World) -> bytes:
    """Goods on trial, as a GB18030 file with Chinese headings and the commission as a percent."""
    rows = [
        (sku, f"试播新品{n + 1}号", "food", f"{59 + 10 * n}.00", f"{40 + 5 * n}.00",
         world.param("PT44.percent"))
        for n, sku in enumerate(EXTRA_SKUS)
    ]  # fmt: skip
    lines = [",".join(row) for row in (_HEADINGS, *rows)]
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def _spread(height: int, count: int) -> np.ndarray:
    """``count`` row numbers spread over a table, away from its ends."""
    return (np.arange(count) + 1) * (height - 4) // (count + 1)
