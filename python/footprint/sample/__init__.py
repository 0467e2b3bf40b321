"""The sample shop 足跡優選: one deterministic world with known truths planted in it.

Twenty-eight weeks, 2026-05-04 to 2026-11-15, shop time Asia/Shanghai, with 618 (2026-06-15 week) and
Double 11 (the report week 2026-W46). All sixteen tables tell one story: stream totals are what the
orders say (but for two planted faults), buyers are among the events, order minutes are in the
minute sheet. Every category is carried by its own crowd of users, so one truth cannot disturb
another. Where each truth lives:

| category | streams | users | what it carries |
|---|---|---|---|
| fresh | 2 a week, tag origin_tracing on one | buyers, invited friends | PT01; PT18 (hosts H01, H02); null twin of PT09: one touch before every order |
| fmcg | 1 a day 19:00 | buyers, 10 % back in 30 days | PT02, PT02b; orders of PT14; null twin of PT13 |
| home | 1 a day 15:00 | buyers, 8 % to 20 % back in 30 days | PT13; orders of PT16; null twin of PT02, PT02b, PT04, PT05 |
| beauty | 2 a week, 8 in the report week | buyers | PT06, PT21 in the report week; null twin of PT01 before it |
| apparel | Tuesday and Saturday 20:00 | one journey per user | PT09, nothing else |
| food | 1 a day 17:00; 20 regional; 2 long; 3 on Double 11 | buyers, browsers | PT04 in all orders; PT03b (host H17); PT24 (2026-09-05); PT10 in the report week; orders of PT15 |
| health | 3 a week 09:00, else the shelf | 1,000 buyers | PT05; PT44's faults |
| all | 12,000 minutes | | PT03 (8 streams of the report week's beauty, 2 of fresh, 2 of food among them) |
| none | comments, costs, scripts | | PT07, PT08 (2026-11-11 and 12), PT22, PT33; PT26 needs no data |

Visitors who never order carry the exposures of PT14 to PT16; browsing users (whose number is the
scale) make funnels and returns believable and buy food in the daily stream, one SKU after the other,
which leaves PT04 as it is.

Deviations from one truth, one category: PT14 sits in fmcg and PT03b in food (both are apparel in the
plan), because apparel must hold nothing but PT09's journeys; PT16 lies over home orders.
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
