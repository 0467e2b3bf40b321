"""Put the parts of one world together, so that all tables tell the same story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from footprint.sample import (
    browsers,
    comments,
    dirty,
    duel,
    experiments,
    fans,
    money,
    scripts,
    seeding,
    sheets,
    taste,
    tempo,
)
from footprint.sample.apparel import apparel
from footprint.sample.beauty import beauty
from footprint.sample.browsers import Block
from footprint.sample.calendar import DAYS
from footprint.sample.catalogue import products
from footprint.sample.daily import fmcg, home
from footprint.sample.food import food
from footprint.sample.fresh import fresh
from footprint.sample.health import health
from footprint.sample.launch import newcomer_visits
from footprint.sample.members import members
from footprint.sample.minutes import stream_minutes
from footprint.sample.sales import counted
from footprint.sample.staff import hosts
from footprint.sample.world import World

_PARTS = (fresh, fmcg, home, beauty, apparel, food, health, duel.easy, duel.hard)
# What a stream shows besides its viewers.
_IMPRESSIONS_PER_VIEWER = 7
_LAYERS = {"basic": 0.6, "advanced": 0.3, "high": 0.1}
_LAYERED = ("fresh", "beauty", "apparel")


@dataclass(frozen=True, slots=True)
class Core:
    """Everything but the browsing users: streams without totals, orders and events."""

    streams: pl.DataFrame
    orders: pl.DataFrame
    events: pl.DataFrame


def core(world: World) -> Core:
    """The parts that carry the truths."""
    parts = [part(world) for part in _PARTS]
    streams = pl.concat([part.streams for part in parts], how="diagonal_relaxed").sort("start_ts")
    orders = pl.concat([part.orders for part in parts], how="diagonal_relaxed")
    orders = orders.sort("order_ts", "order_id")
    category_of = dict(products(world).select("sku_id", "category").iter_rows())
    tests = experiments.exposures(world, orders, category_of)
    evenings = members(world)
    more = [
        fans.fan_events(world, orders), seeding.video_views(world, orders), taste.views(world),
        newcomer_visits(world), evenings.events,
    ]  # fmt: skip
    events = pl.concat([*(part.events for part in parts), tests, *more], how="diagonal_relaxed")
    # The evenings come after all others, so that their rows keep their draws.
    streams = pl.concat([streams, evenings.streams], how="diagonal_relaxed")
    orders = pl.concat([orders, evenings.orders], how="diagonal_relaxed")
    return Core(streams, orders, events.sort("event_ts", "user_id", "event_type"))


def browsing(world: World, base: Core) -> Iterator[Block]:
    """The browsing users of the world, block by block."""
    daily = base.streams.filter(pl.col("series") == "零食日播").sort("start_ts")
    return browsers.blocks(world, daily.with_row_index("day").with_columns(
        pl.col("day").cast(pl.Int64)
    ))  # fmt: skip


def other_tables(world: World, base: Core, browse: list[Block]) -> dict[str, pl.DataFrame]:
    """All tables but events and orders. ``browse`` may hold blocks without rows: only their counts
    per day are read."""
    goods, cost_rows = products(world), money.costs(world, base.orders)
    minutes = stream_minutes(world, base.streams, base.orders)
    streams = _streams(world, base, browse, minutes)
    return {
        "streams": dirty.with_wrong_sales(world, streams),
        "stream_minutes": minutes,
        "contents": pl.concat(
            [sheets.contents(world), taste.contents(world)], how="diagonal_relaxed"
        ),
        "channel_daily": money.channel_daily(world, cost_rows, base.orders),
        "costs": cost_rows,
        "comments": comments.comments(world, base.streams, base.orders),
        "products": goods,
        "inventory": sheets.inventory(world, goods, base.orders),
        "hosts": hosts(world),
        "scripts": scripts.scripts(world),
        "surveys": sheets.surveys(world, base.orders),
        "benchmarks": sheets.benchmarks(world),
        "plan": money.plan(world, base.orders),
        "targets": sheets.targets(),
    }


def _streams(world: World, base: Core, browse: list[Block], minutes: pl.DataFrame) -> pl.DataFrame:
    """Streams with totals as the orders and visits say, scripts and what else a host reports."""
    streams = _with_browsers(counted(base.streams, base.orders), browse)
    rows, chance = streams.height, world.chance
    names = scripts.ordinary_ids(world)
    shown = _IMPRESSIONS_PER_VIEWER * (1 + 0.2 * chance.uniform("streams/impressions", rows))
    return streams.with_columns(
        impressions=(pl.col("viewers") * pl.Series(shown)).cast(pl.Int64),
        script_id=pl.coalesce(
            "script_id", pl.Series(chance.pick("streams/script", rows, names), dtype=pl.String)
        ),
        assistants=tempo.crew(world, streams, minutes),
        bgm_tempo=tempo.tempo(world, streams, minutes),
        layer=_layers(world, streams),
        tz=pl.lit("Asia/Shanghai"),
    )


def _layers(world: World, streams: pl.DataFrame) -> pl.Series:
    """How elaborate each stream of some categories was, by chance; the rest left it open."""
    drawn = world.chance.choice("streams/layer", streams.height, _LAYERS)
    told = pl.col("category").is_in(_LAYERED)
    layers = pl.lit(pl.Series(drawn, dtype=pl.String))
    return streams.select(layer=pl.when(told).then(layers))["layer"]


def _with_browsers(streams: pl.DataFrame, browse: list[Block]) -> pl.DataFrame:
    """The daily food streams count the browsing users too."""
    visits, sold, gmv = (
        np.sum([getattr(block, name) for block in browse] or [np.zeros(DAYS, np.int64)], axis=0)
        for name in ("visits", "sold", "gmv")
    )
    daily = streams.filter(pl.col("series") == "零食日播").sort("start_ts")
    more = pl.DataFrame({
        "stream_id": daily["stream_id"], "more_viewers": visits, "more_buyers": sold,
        "more_gmv": gmv,
    })  # fmt: skip
    joined = streams.join(more, on="stream_id", how="left", maintain_order="left")
    return joined.with_columns(
        pl.col(name) + pl.col(f"more_{name}").fill_null(0).cast(pl.Int64)
        for name in ("viewers", "buyers", "gmv")
    ).drop("more_viewers", "more_buyers", "more_gmv")
