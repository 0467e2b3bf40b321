"""Real zone rules as a table of UTC offsets, so that kernels need no calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since the epoch; a naive moment is read as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // _MICRO


def offsets(tz: str, first: int, last: int) -> tuple[list[int], list[int]]:
    """Starts (us UTC) and offsets (us) of every stretch of ``tz`` between two instants.

    The first stretch starts at the smallest i64. Changes are found to the second by bisection of
    steps of one day, so two changes within a day would be seen as one.
    """
    zone = ZoneInfo(tz)
    day = timedelta(days=1)
    at = EPOCH + first * _MICRO - day
    end = EPOCH + last * _MICRO + day
    starts, values = [-(2**63)], [_offset(zone, at)]
    while at < end:
        after = at + day
        if _offset(zone, after) != values[-1]:
            starts.append(micros(_change(zone, at, after)))
            values.append(_offset(zone, after))
        at = after
    return starts, values


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    return (moment.astimezone(zone).utcoffset() or timedelta()) // _MICRO


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = _offset(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle <= low:
            break
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high
