"""Text to instants and days, in the orders that exports write them.

Times without a zone are read in the shop's zone, times with one keep it; all become UTC. A wall
time that the zone skips (clock change) is no time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import polars as pl

Order = Literal["dmy", "mdy"]
_WIDE, _NARROW = list("０１２３４５６７８９：／－　"), list("0123456789:/- ")
_NAIVE = pl.Datetime("us")
_UTC = pl.Datetime("us", "UTC")
_QUICK = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S")
_TIMES = ("%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_PACKED = ("%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d")
_EARLIEST, _LATEST = datetime(1990, 1, 1), datetime(2100, 1, 1)
_EXCEL_EPOCH = datetime(1899, 12, 30)


def parse_timestamps(text: pl.Series, tz: str, order: Order | None = None) -> pl.Series:
    """Instants in UTC, null where the text is no time between 1990 and 2100.

    ``order`` reads 03/04/2026; without it such text is no time.
    """
    naive, zoned = _parse(text, order)
    local = naive.dt.replace_time_zone(tz, ambiguous="earliest", non_existent="null")
    return zoned.fill_null(local.dt.convert_time_zone("UTC"))


def parse_dates(text: pl.Series, tz: str, order: Order | None = None) -> pl.Series:
    """Calendar days; a time with a zone falls on its day in ``tz``. ``order`` as above."""
    naive, zoned = _parse(text, order)
    return naive.dt.date().fill_null(zoned.dt.convert_time_zone(tz).dt.date())


def numeric_days(text: pl.Series) -> pl.DataFrame:
    """The two numbers before the year, as columns a and b, of dates such as 3/4/2026."""
    maybe = text.filter(~text.str.contains(r"^\d{4}").fill_null(True))
    flat = maybe.str.replace_many(_WIDE, _NARROW).str.strip_chars("' \t")
    parts = flat.str.extract_groups(
        r"^(?<a>\d{1,2})[/.\-](?<b>\d{1,2})[/.\-]\d{4}\b"
    ).struct.unnest()
    return parts.cast(pl.Int64).drop_nulls()


def _parse(text: pl.Series, order: Order | None) -> tuple[pl.Series, pl.Series]:
    """Wall times and instants; each is null where the other, or neither, was read."""
    naive = pl.Series(text.name, [None] * len(text), dtype=_NAIVE)
    for form in _QUICK:
        naive = _fill(naive, text, form)
    rest = text.filter(naive.is_null() & text.is_not_null()).unique()
    if rest.is_empty():
        return _sane(naive), pl.Series(text.name, [None] * len(text), dtype=_UTC)
    known = _slow(rest, order)
    found = text.to_frame("text").join(known, on="text", how="left", maintain_order="left")
    return _sane(naive.fill_null(found["naive"])), _sane(found["zoned"])


def _fill(have: pl.Series, text: pl.Series, form: str, dtype: pl.Datetime = _NAIVE) -> pl.Series:
    open_ = have.is_null() & text.is_not_null()
    if not open_.any():
        return have
    # A text at which polars would refuse the whole column simply is not of this form.
    read = text.str.to_datetime(form, time_unit="us", time_zone=dtype.time_zone, strict=False)
    return have.fill_null(read)


def _slow(text: pl.Series, order: Order | None) -> pl.DataFrame:
    flat = _flattened(text)
    naive = pl.Series("naive", [None] * len(text), dtype=_NAIVE)
    zoned = pl.Series("zoned", [None] * len(text), dtype=_UTC)
    for form in ("%Y-%m-%d", *(f"%Y-%m-%d {time}" for time in _TIMES), *_PACKED):
        naive = _fill(naive, flat, form)
    for form in _TIMES:
        zoned = _fill(zoned, flat, f"%Y-%m-%d {form}%#z", _UTC)
    if order:
        day = "%d-%m-%Y" if order == "dmy" else "%m-%d-%Y"
        for form in ("", *(f" {time}" for time in _TIMES)):
            naive = _fill(naive, flat, day + form)
    naive = naive.fill_null(_excel_serial(flat))
    zoned = zoned.fill_null(_epoch(flat))
    return pl.DataFrame({"text": text, "naive": naive, "zoned": zoned})


def _flattened(text: pl.Series) -> pl.Series:
    """Dates with dashes, times with colons, zones right behind the time."""
    return (
        text.str.replace_many(_WIDE, _NARROW)
        .str.strip_chars("' \t")
        .str.replace(r"^(\d{4})[年/.\-](\d{1,2})[月/.\-](\d{1,2})日?", "$1-$2-$3")
        .str.replace(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", "$1-$2-$3")
        .str.replace(r"^([\d-]+)\s*T?\s*(\d{1,2})\s*[:时時点]\s*(\d{1,2})", "$1 $2:$3")
        .str.replace(r"(:\d{1,2})[:分](\d{1,2})秒?", "$1:$2")
        .str.replace(r"(:\d{1,2})分$", "$1")
        .str.replace(r"\s*(?:UTC|GMT|z)$", "Z")
        .str.replace(r"(:\d{2}(?:\.\d+)?)\s*([+-]\d{2}):?(\d{2})$", "$1$2:$3")
        .str.replace(r"(:\d{2})Z$", "$1+00:00")
    )


def _excel_serial(flat: pl.Series) -> pl.Series:
    days = flat.set(~flat.str.contains(r"^\d{5}(\.\d+)?$"), None).cast(pl.Float64, strict=False)
    micros = (days * 86_400_000_000).round(0).cast(pl.Int64)
    return pl.Series([_EXCEL_EPOCH]).dt.cast_time_unit("us").new_from_index(0, len(flat)) + (
        micros.cast(pl.Duration("us"))
    )


def _epoch(flat: pl.Series) -> pl.Series:
    """Unix seconds (10 digits) and milliseconds (13 digits)."""
    digits = flat.set(~flat.str.contains(r"^\d{10}(\d{3})?$"), None)
    number = digits.cast(pl.Int64, strict=False)
    micros = number * 1_000_000
    micros = micros.set(digits.str.len_bytes() == 13, None).fill_null(number * 1000)
    return micros.cast(_NAIVE).dt.replace_time_zone("UTC")


def _sane(times: pl.Series) -> pl.Series:
    wall = times.dt.replace_time_zone(None)
    return times.set((wall < _EARLIEST) | (wall >= _LATEST), None)
