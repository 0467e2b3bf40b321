"""Comments and service messages: everyday talk, complaints behind PT10, and the report week's red
line (PT07), yellow burst (PT08) and harmless look-alikes (their null twins)."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from footprint.sample.calendar import day_of, moment
from footprint.sample.food import COMPLAINT_STREAMS
from footprint.sample.words import words
from footprint.sample.world import World

ALERT_DAY = day_of(date(2026, 11, 11))
# The stream in which PT08's null twins are said.
QUIET_STREAM = f"FM{ALERT_DAY + 1:03d}"
_PAY_TEN, _NO_FAKE = "本店假一赔十，放心拍", "足跡优选绝无假货"
_YELLOW_STREAM = "BE062"


def comments(world: World, streams: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """The comments table in time order."""
    parts = [
        _live(world, streams, orders), _reviews(world, orders), _service(world, orders),
        _complaints(world, orders), _alerts(world, streams, orders),
    ]  # fmt: skip
    return pl.concat(parts, how="diagonal_relaxed").sort("ts", "text", "user_id", nulls_last=True)


def _live(world: World, streams: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """What buyers say while the stream is on."""
    buyers = orders.filter(pl.col("stream_id").is_not_null())
    share = world.size.chatter * streams.height / 2 / max(1, buyers.height)
    said = buyers.filter(pl.Series(world.chance.uniform("live/said", buyers.height) < share))
    wait = pl.Series(world.chance.whole("live/second", said.height, -90, 60))
    texts = world.chance.pick("live/text", said.height, words()["comments"]["live"])
    return said.select(
        ts=pl.col("order_ts") + wait,
        text=pl.Series(texts, dtype=pl.String),
        stream_id="stream_id", user_id="user_id", host_id="host_id", source=pl.lit("live"),
        is_complaint=pl.lit(value=False),
    )  # fmt: skip


def _reviews(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    share = world.size.chatter / 80
    said = orders.filter(pl.Series(world.chance.uniform("review/said", orders.height) < share))
    texts = words()["comments"]["reviews"]
    number = world.chance.whole("review/text", said.height, 0, len(texts) - 1)
    wait = pl.Series(world.chance.whole("review/wait", said.height, 3 * 86_400, 9 * 86_400))
    table = said.select(
        ts=pl.col("order_ts") + wait,
        text=pl.Series([texts[k]["text"] for k in number], dtype=pl.String),
        stream_id="stream_id", user_id="user_id", sku_id="sku_id", source=pl.lit("review"),
        rating=pl.Series([texts[k]["rating"] for k in number], dtype=pl.Int64),
        is_complaint=pl.lit(value=False),
    )  # fmt: skip
    return table.filter(pl.col("ts") < int(moment(ALERT_DAY + 5)))


def _service(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    share = world.size.chatter / 100
    asked = orders.filter(pl.Series(world.chance.uniform("service/asked", orders.height) < share))
    rows, chance = asked.height, world.chance
    texts = chance.pick("service/text", rows, words()["comments"]["service"])
    return asked.select(
        ts=pl.col("order_ts") + 1800,
        text=pl.Series(texts, dtype=pl.String),
        stream_id="stream_id", user_id="user_id", source=pl.lit("service"),
        first_response_s=pl.Series(chance.whole("service/wait", rows, 20, 280).astype(float)),
        handled_by=pl.Series(chance.choice("service/by", rows, {"human": 0.6, "bot": 0.4}),
                             dtype=pl.String),
        is_complaint=pl.lit(value=False),
    )  # fmt: skip


def _complaints(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """One message for every order marked as a complaint, on the day after."""
    marked = orders.filter("is_complaint")
    rows, chance = marked.height, world.chance
    texts = chance.pick("complain/text", rows, words()["comments"]["complaints"])
    return marked.select(
        ts=pl.col("order_ts") + 86_400 + pl.Series(chance.whole("complain/s", rows, 0, 9 * 3600)),
        text=pl.Series(texts, dtype=pl.String),
        stream_id="stream_id", user_id="user_id", sku_id="sku_id", source=pl.lit("service"),
        first_response_s=pl.Series(chance.whole("complain/wait", rows, 30, 290).astype(float)),
        handled_by=pl.lit("human"), is_complaint=pl.lit(value=True),
    )  # fmt: skip


def _alerts(world: World, streams: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """PT07, PT08 and their null twins on Double 11, each in a stream of its own."""
    burst = streams.row(by_predicate=pl.col("stream_id") == _YELLOW_STREAM, named=True)["start_ts"]
    at = int(moment(ALERT_DAY))
    minute = world.param("PT08.window_min") * 60
    pay_ten, no_fake = world.param("PT08.null_pay_ten"), world.param("PT08.null_no_fake")
    hits, yellow = world.param("PT08.hits"), words()["comments"]["yellow"]
    said = [
        ([at + 20 * 3600 + 612], [world.param("PT07.text")], COMPLAINT_STREAMS["b"]),
        ([at + 15 * 3600 + 95], [world.param("PT07.null_text")], COMPLAINT_STREAMS["a"]),
        (_spread(burst + 1830, hits, minute), [yellow[k % len(yellow)] for k in range(hits)],
         _YELLOW_STREAM),
        (_spread(at + 19 * 3600, pay_ten, minute), [_PAY_TEN] * pay_ten, QUIET_STREAM),
        (_spread(at + 19 * 3600 + 7, no_fake, minute), [_NO_FAKE] * no_fake, QUIET_STREAM),
    ]  # fmt: skip
    frames = [
        _said(orders, *one, source="social" if n < 2 else "live") for n, one in enumerate(said)
    ]
    return pl.concat(frames, how="diagonal_relaxed")


def _spread(start: int, count: int, seconds: int) -> list[int]:
    """``count`` moments within nine tenths of the window."""
    return [int(start + k * 0.9 * seconds / max(1, count)) for k in range(count)]


def _said(
    orders: pl.DataFrame, at: list[int], texts: list[str], stream: str, source: str
) -> pl.DataFrame:
    buyers = orders.filter(stream_id=stream)["user_id"].unique().sort()
    who = buyers.gather(np.arange(len(at)) % len(buyers))
    return pl.DataFrame({
        "ts": at, "text": texts, "stream_id": [stream] * len(at), "user_id": who,
        "source": [source] * len(at), "is_complaint": [False] * len(at),
    })  # fmt: skip
