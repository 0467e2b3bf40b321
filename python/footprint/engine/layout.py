"""Open the cached layout of a data version, or build and keep it."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from footprint import _core
from footprint.engine.source import ORDER, Source

# Codes 0..254 are names, 255 means none (or, past 255 names, "look at the source column").
NONE = 255
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Names:
    """The words behind the one-byte codes of a layout, sorted."""

    events: tuple[str, ...]
    channels: tuple[str, ...]

    @property
    def overflow(self) -> bool:
        """Whether there are more event types than codes."""
        return len(self.events) > NONE

    @property
    def packed_channels(self) -> bool:
        """Whether every channel has its own code in the layout."""
        return len(self.channels) <= NONE


def open_or_build(
    source: Source, cache_dir: Path | None, key: str, task: _core.Task | None
) -> tuple[_core.Layout, Names]:
    """The layout of ``source``; a cache file that is missing, foreign or damaged is rewritten."""
    path = None if cache_dir is None else cache_dir / f"{key or 'log'}.layout"
    if path is not None and path.exists():
        try:
            layout = _core.Layout.open(str(path))
            note = json.loads(layout.note)
            if note["key"] == key and layout.source_rows == source.rows:
                return layout, Names(tuple(note["events"]), tuple(note["channels"]))
        except (OSError, ValueError, KeyError) as error:
            _LOG.warning("layout %s is rebuilt: %s", path.name, error)
    return _build(source, path, key, task)


def _build(
    source: Source, path: Path | None, key: str, task: _core.Task | None
) -> tuple[_core.Layout, Names]:
    event, events = _bytes(source.column("event_type"))
    channel, channels = _bytes(source.column("channel"))
    names = Names(tuple(events), tuple(channels))
    note = json.dumps({"key": key, "events": events, "channels": channels}, ensure_ascii=False)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    layout = _core.Layout.build(
        _ids(source.column("user_id")),
        _instants(source.column("event_ts")),
        event,
        channel,
        events.index(ORDER) if ORDER in events and events.index(ORDER) < NONE else None,
        note,
        None if path is None else str(path),
        task,
    )
    return layout, names


def encoded(strings: pl.Series) -> tuple[pl.Series, list[str]]:
    """Codes (UInt32, null where null) of a string Series, and its distinct words sorted."""
    codes, words = _core.encode(_words(strings))
    return pl.DataFrame(codes)["code"], words


def _bytes(strings: pl.Series) -> tuple[pl.Series, list[str]]:
    codes, words = _core.encode_bytes(_words(strings))
    return pl.DataFrame(codes)["code"], words


def _words(values: pl.Series) -> pl.Series:
    """Strings and categories as they are, anything else as text."""
    if isinstance(values.dtype, pl.String | pl.Categorical | pl.Enum):
        return values
    return values.cast(pl.String)


def _ids(values: pl.Series) -> pl.Series:
    """Whole numbers as they are: the core reads them as their decimal text."""
    wide = values.dtype in (pl.UInt64, pl.Int128, pl.UInt128)
    return values if values.dtype.is_integer() and not wide else _words(values)


def _instants(values: pl.Series) -> pl.Series:
    """Instants of any unit; a naive one is read as UTC."""
    return values if isinstance(values.dtype, pl.Datetime) else values.cast(pl.Datetime("us"))
