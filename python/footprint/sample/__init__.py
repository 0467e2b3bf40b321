"""The sample shop 足跡優選: one deterministic world with known truths planted in it.

Twenty-eight weeks, 2026-05-04 to 2026-11-15, shop time Asia/Shanghai, with 618 (week 2026-W25) and
Double 11 (the report week 2026-W46). All sixteen tables tell one story: stream totals are what the
orders say (but for two planted faults), buyers are among the events, order minutes are in the
minute sheet. Every category has its own crowd of users, so one truth cannot disturb another:

fresh    2 streams a week, one tagged origin_tracing; buyers and invited friends. PT01, PT18 (hosts
         H01 and H02); null twin of PT09: one touch before every order.
fmcg     1 stream a day; 10 % of first-time buyers are back within 30 days. PT02, PT02b, the orders
         of PT14; null twin of PT13.
home     1 stream a day; 8 % to 20 % are back within 30 days. PT13, the orders of PT16; null twin of
         PT02, PT02b, PT04 and PT05.
beauty   2 streams a week, 8 in the report week. PT06 and PT21 in the report week; null twin of
         PT01 before it.
apparel  2 streams a week; every user is one journey. PT09; returns and their reasons: PT17.
food     1 stream a day, 20 regional ones (host H17, PT03b), 2 long ones (2026-09-05 and 12, PT24),
         3 on Double 11 (PT10). PT04 in all food orders; the orders of PT15.
health   3 streams a week, else the shelf. PT05; the faults of PT44.
channels search (health's orders), a slot and the recommended share of douyin: PT27, PT41, PT46;
         fans of douyin met again on taobao: PT28; videos before regional food orders: PT39.
hosts    H18 and H19, a few streams of fmcg and food: PT23. The returns of fmcg: PT43.
people   newcomers to beauty on wechat before and after 2026-08-03: PT12; food evenings for members
         and for all on wechat: PT32, and on xiaohongshu its null twin.
minutes  12,000 of fresh, beauty, food. PT03; tempo of the music in fresh: PT20.
others   comments of 2026-11-11 and 12 (PT07, PT08), short videos (PT11, PT40), costs (PT22),
         scripts (PT33), surveys (PT19). PT26 needs none.

Visitors who never order carry the exposures of PT14 to PT16. Browsing users (their number is the
scale) make funnels and returns believable; they buy food in the daily stream, one SKU after the
other, which leaves PT04 as it is. PT14 and PT03b are planned for apparel but sit in fmcg and food,
because apparel must hold nothing but PT09's journeys.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from footprint.sample import build, dirty
from footprint.sample.chance import Noise
from footprint.sample.files import write_tables
from footprint.sample.params import DEFAULTS, Params
from footprint.sample.tables import typed
from footprint.sample.truths import truths_of, write_truths
from footprint.sample.truths.truth import Truth
from footprint.sample.world import Scale, World

__all__ = ["DEFAULTS", "Truth", "plant", "write"]


def plant(
    params: Params | None = None, scale: Scale = "demo", salt: int = 0, noise: Noise = "quota"
) -> tuple[dict[str, pl.DataFrame], list[Truth]]:
    """The world as typed tables, and the truths in it.

    ``params`` overrides numbers of ``DEFAULTS``; ``noise`` says whether rates are exact quotas or
    coin flips. PT44's second goods file only exists on disk. Raises UsageError.
    """
    world = World.of(params, scale, salt, noise)
    base = build.core(world)
    blocks = list(build.browsing(world, base))
    orders = dirty.orphaned(world, base.orders)
    tables = build.other_tables(world, base, blocks) | {
        "events": _joined(base.events, *(block.events for block in blocks)),
        "orders": _joined(orders, *(b.orders for b in blocks), dirty.bad_lines(world, orders)),
    }
    return {name: typed(name, frame) for name, frame in tables.items()}, truths_of(world)


def write(
    out: Path, scale: Scale = "demo", salt: int = 0, noise: Noise = "quota",
    params: Params | None = None,
) -> Path:  # fmt: skip
    """Write the world to ``out``: a CSV per table, the extra goods file and ``truths.json``.

    Returns the folder, which is made when missing. Raises UsageError.
    """
    world = World.of(params, scale, salt, noise)
    out.mkdir(parents=True, exist_ok=True)
    write_tables(world, out)
    write_truths(world, out / "truths.json")
    return out


def _joined(*frames: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(frames, how="diagonal_relaxed")
