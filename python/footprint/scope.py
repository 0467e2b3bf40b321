"""The part of the data a question looks at: a period in shop time and slices by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from footprint.errors import UsageError
from footprint.text import Text

DEFAULT_TZ = "Asia/Shanghai"
# Columns a scope may slice by; each is found in the table itself or through streams/products.
SLICES = ("platform", "category", "channel", "stream_id", "host_id", "sku_id", "region", "tier")


@dataclass(frozen=True, slots=True)
class Scope:
    """Period (both days included, in the shop's time zone; None = all data) and slices."""

    start: date | None = None
    end: date | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tz: str = DEFAULT_TZ

    @classmethod
    def week(cls, label: str, tz: str = DEFAULT_TZ) -> Scope:
        """The ISO week ``2026-W46`` as a scope, Monday to Sunday."""
        try:
            monday = datetime.strptime(f"{label}-1", "%G-W%V-%u").date()
        except ValueError as error:
            raise UsageError(
                Text(f"看不懂的周“{label}”", f"“{label}” is not a week"),
                Text("请写成 2026-W46。", "Write it as 2026-W46."),
            ) from error
        return cls(monday, monday + timedelta(days=6), {}, tz)

    @property
    def days(self) -> int | None:
        """Length of the period in days, None when it is open."""
        return (self.end - self.start).days + 1 if self.start and self.end else None

    def previous(self) -> Scope | None:
        """The period of equal length right before this one, None when this one is open."""
        if not (self.start and self.end and self.days):
            return None
        step = timedelta(days=self.days)
        return replace(self, start=self.start - step, end=self.end - step)

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """The period as half-open instants [from, to) in UTC."""
        zone = ZoneInfo(self.tz)

        def midnight(day: date) -> datetime:
            return datetime.combine(day, time.min, zone).astimezone(UTC)

        first = midnight(self.start) if self.start else None
        last = midnight(self.end + timedelta(days=1)) if self.end else None
        return first, last

    def only(self, **where: str | tuple[str, ...]) -> Scope:
        """The same scope narrowed by further slices."""
        more = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in where.items()}
        return replace(self, where={**self.where, **more})

    def to_dict(self) -> dict[str, Any]:
        return {
            "from": self.start.isoformat() if self.start else None,
            "to": self.end.isoformat() if self.end else None,
            "where": {key: list(values) for key, values in self.where.items()},
            "tz": self.tz,
        }

    def to_query(self) -> dict[str, str]:
        """The scope as URL query parameters, as the app reads them."""
        query = {key: ",".join(values) for key, values in self.where.items() if values}
        if self.start:
            query["from"] = self.start.isoformat()
        if self.end:
            query["to"] = self.end.isoformat()
        return query
