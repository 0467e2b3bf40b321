"""Fresh food: the origin-tracing tag (PT01) and what each host earns by phase (PT18).

Each week one tagged and one plain stream go on air on the same day with the same host, so that tag,
weekday and host are balanced.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from footprint.sample.calendar import DAY_S, WEEKS
from footprint.sample.catalogue import skus_of
from footprint.sample.sales import (
    PARTIAL_REFUND,
    Bought,
    Part,
    order_rows,
    stream_rows,
    visit_rows,
)  # fmt: skip
from footprint.sample.staff import CREWS, HEAD_HOST, SECOND_HOST
from footprint.sample.world import World

TAG = "origin_tracing"
GUEST_TAG = "guest_host"
_CONVERSION, _REPURCHASE, _FISSION = 0, 1, 2
_OTHER_HOSTS = (0.70, 0.25, 0.05)
_SPOILT = 0.04
_HOST_ROOM = 10_000


def fresh(world: World) -> Part:
    """56 streams, their orders and visits, and the invitations behind referred buyers."""
    streams = _streams(world)
    slots, phases, users, referrers = _buyers(world, streams)
    skus, refunds = _goods(world, streams, slots, phases)
    bought = Bought(stream=slots, user=users, sku=skus, factor=0.95, refund=refunds,
                    referrer=referrers)  # fmt: skip
    orders = order_rows(world, "fresh", streams, bought)
    events = pl.concat(
        [visit_rows(orders, streams, world), _invitations(world, orders)], how="diagonal_relaxed"
    )
    return Part(streams, orders, events)


def _streams(world: World) -> pl.DataFrame:
    week = np.repeat(np.arange(WEEKS), 2)
    tagged = np.tile([True, False], WEEKS)
    early = tagged == (week % 2 == 0)
    crew = np.array(CREWS["fresh"], dtype=object)
    viewers = np.full(len(week), world.param("PT01.viewers"))
    return stream_rows(
        world, "fresh", [f"FR{n + 1:03d}" for n in range(len(week))],
        day=7 * week + week % 7, clock=np.where(early, 10 * 3600, 19 * 3600), minutes=120,
        host=crew[(week + week // 7) % len(crew)], viewers=viewers,
        series=["产地直播"] * len(week), tags=_tags(tagged, week % 2 == 0),
    )  # fmt: skip


def _tags(tagged: np.ndarray, guest: np.ndarray) -> list[str | None]:
    """Guests come to both streams of a week, so their tag makes no difference."""
    both = [
        [name for name, has in ((TAG, a), (GUEST_TAG, b)) if has]
        for a, b in zip(tagged, guest, strict=True)
    ]
    return ["|".join(names) or None for names in both]


def _buyers(world: World, streams: pl.DataFrame) -> tuple[np.ndarray, ...]:
    """Stream row, phase, buyer and referrer of every order."""
    sold = np.zeros(streams.height, dtype=np.int64)
    tagged = streams["tags"].str.contains(TAG).fill_null(value=False).to_numpy()
    for side, name in ((tagged, "PT01.p_tag"), (~tagged, "PT01.p_plain")):
        rows = np.flatnonzero(side)
        viewers = streams["viewers"].to_numpy()[rows]
        sold[rows] = world.chance.counts(name, viewers, world.param(name))
    mixes = {HEAD_HOST: world.param("PT18.head"), SECOND_HOST: world.param("PT18.second")}
    found = [
        _host_orders(world, streams, sold, host, mixes.get(host, _OTHER_HOSTS), place * _HOST_ROOM)
        for place, host in enumerate(CREWS["fresh"])
    ]
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))


def _host_orders(
    world: World, streams: pl.DataFrame, sold: np.ndarray, host: str, mix: tuple[float, ...],
    first_user: int,
) -> tuple[np.ndarray, ...]:  # fmt: skip
    """Orders of one host: a first purchase, a later one, or the first of an invited friend."""
    rows = np.flatnonzero((streams["host_id"] == host).to_numpy())
    days = streams["start_ts"].to_numpy() // DAY_S
    labels = _labels(world, host, sold[rows], mix)
    out: list[tuple[int, int, int, int]] = []
    first_day: dict[int, int] = {}
    for row in map(int, rows):
        earlier = [user for user, day in first_day.items() if day < days[row]]
        shuffled = [earlier[k] for k in world.chance.order(f"PT18/{host}/{row}", len(earlier))]
        for _ in range(sold[row]):
            phase = labels.pop(0) if shuffled else _CONVERSION
            user = shuffled.pop() if phase == _REPURCHASE else first_user + len(first_day)
            friend = shuffled[0] if phase == _FISSION and shuffled else -1
            shuffled = shuffled[1:] + shuffled[:1] if phase == _FISSION else shuffled
            first_day.setdefault(user, days[row])
            out.append((row, phase if phase != _FISSION or friend >= 0 else 0, user, friend))
    return tuple(np.array(column, dtype=np.int64) for column in zip(*out, strict=True))


def _labels(world: World, host: str, sold: np.ndarray, mix: tuple[float, ...]) -> list[int]:
    """Phases of the orders after the host's first day, on which all are first purchases."""
    total = int(sold.sum())
    opening = int(sold[:2].sum())
    later = [round(total * share) for share in mix[1:]]
    kinds = [_CONVERSION] * max(0, total - opening - sum(later))
    kinds += [_REPURCHASE] * later[0] + [_FISSION] * later[1]
    return [kinds[k] for k in world.chance.order(f"PT18/{host}/labels", len(kinds))]


def _goods(
    world: World, streams: pl.DataFrame, slots: np.ndarray, phases: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Goods in turn and refunds for spoilt fruit spread evenly over every host's phases."""
    skus = np.array(skus_of("fresh"), dtype=object)
    hosts = streams["host_id"].to_numpy()[slots]
    chosen, refunds = np.empty(len(slots), dtype=object), np.zeros(len(slots))
    for host in CREWS["fresh"]:
        for phase in (_CONVERSION, _REPURCHASE, _FISSION):
            rows = np.flatnonzero((hosts == host) & (phases == phase))
            chosen[rows] = skus[np.arange(len(rows)) % len(skus)]
            spoilt = world.chance.hits(f"spoilt/{host}/{phase}", len(rows), _SPOILT)
            refunds[rows[spoilt]] = PARTIAL_REFUND
    return chosen, refunds


def _invitations(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """An invite by the friend and its acceptance some days before the referred first order."""
    referred = orders.filter(pl.col("referrer_id").is_not_null())
    accepted = pl.Series(world.chance.whole("invite/accepted", referred.height, 1, 5)) * DAY_S
    invited = accepted + pl.Series(
        world.chance.whole("invite/sent", referred.height, 3600, 2 * DAY_S)
    )
    order = pl.col("order_ts")
    invite = referred.select(
        event_ts=order - invited, user_id="referrer_id", event_type=pl.lit("invite"),
        platform="platform", wording_id=pl.lit("W1"),
    )  # fmt: skip
    accept = referred.select(
        event_ts=order - accepted, user_id="user_id", event_type=pl.lit("invite_accept"),
        platform="platform", referrer_id="referrer_id", wording_id=pl.lit("W1"),
    )  # fmt: skip
    return pl.concat([invite, accept], how="diagonal_relaxed")
