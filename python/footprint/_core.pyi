"""The compiled part: event layout and kernels. Use it through ``footprint.engine``."""

from typing import Any, Literal, Protocol, final

__all__ = [
    "Cancelled",
    "Frame",
    "Journeys",
    "Layout",
    "Task",
    "buckets",
    "edges",
    "encode",
    "encode_bytes",
    "first_last",
    "funnel",
    "funnel_counts",
    "journeys",
    "journeys_merged",
    "journeys_state",
    "lifecycle",
    "presence_of_rows",
    "presence_of_stays",
    "retention",
    "retention_users",
    "route_users",
    "routes",
    "rows_of_users",
    "session_totals",
    "sessions",
    "transitions",
    "user_days",
    "visits",
]

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: Any = None, /) -> tuple[Any, Any]: ...

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: Any = None, /) -> Any: ...

_Column = _ArrowArray | _ArrowStream
_Dimension = str | _Column
"""\"event\", \"channel\", or codes by source row (UInt32, 2^32 - 1 for none)."""
_Offsets = tuple[list[int], list[int]]
_Calendar = tuple[int, _Column]
_Roles = tuple[list[int], _Column | None, _Column | None]
"""Role bits by event code (256), role bits by source row (UInt32), mask (Boolean)."""

class Cancelled(RuntimeError):
    """The question was stopped by Task.cancel()."""

@final
class Task:
    """A running question: share it with the call, watch ``done``, call ``cancel``."""

    def __new__(cls) -> Task: ...
    def cancel(self) -> None: ...
    @property
    def done(self) -> int: ...
    @property
    def cancelled(self) -> bool: ...

@final
class Frame:
    """A table of results; hand it to ``polars.DataFrame(frame)``."""

    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...

@final
class Layout:
    """An event log in user order, in memory or mapped from a file."""

    @staticmethod
    def build(
        user: _Column,
        instants: _Column,
        event: _Column,
        channel: _Column,
        late: int | None,
        note: str,
        path: str | None = None,
        task: Task | None = None,
    ) -> Layout: ...
    @staticmethod
    def open(path: str) -> Layout: ...
    def save(self, path: str) -> None: ...
    @property
    def rows(self) -> int: ...
    @property
    def source_rows(self) -> int: ...
    @property
    def users(self) -> int: ...
    @property
    def first_ts(self) -> int: ...
    @property
    def last_ts(self) -> int: ...
    @property
    def note(self) -> str: ...
    def user_rows(self, user: int) -> Frame: ...
    def user_ids(self, codes: _Column) -> Frame: ...

@final
class Journeys:
    """The journeys of one question; models are asked of it."""

    GROUPS: int
    @property
    def conversions(self) -> int: ...
    @property
    def value(self) -> int: ...
    @property
    def nulls(self) -> int: ...
    @property
    def unattributed(self) -> int: ...
    @property
    def unattributed_value(self) -> int: ...
    def credits(
        self,
        names: list[str],
        order: int,
        direct: list[bool],
        replicates: int,
        level: float,
        seed: int,
        task: Task | None = None,
    ) -> Frame: ...
    def removal(self, order: int, task: Task | None = None) -> tuple[float, Frame]: ...
    def order_choice(self, task: Task | None = None) -> tuple[Frame, int | None]: ...
    def positions(self) -> Frame: ...
    def states(self, order: int) -> int: ...
    def transitions(self) -> Frame: ...
    def path_table(self, words: list[str], separator: str) -> Frame: ...
    def paths(self) -> Frame: ...

def encode(strings: _Column) -> tuple[Frame, list[str]]: ...
def encode_bytes(strings: _Column) -> tuple[Frame, list[str]]: ...
def funnel(
    layout: Layout,
    roles: _Roles,
    steps: int,
    windows: tuple[int, int],
    mode_name: Literal["best", "first_entry", "strict", "any_order", "totals"],
    starts: tuple[int, int],
    later: bool,
    grace: int,
    exclude: list[tuple[int, int]],
    hold: _Column | None,
    task: Task | None = None,
) -> Frame: ...
def funnel_counts(
    layout: Layout,
    roles: _Roles,
    steps: int,
    windows: tuple[int, int],
    mode_name: Literal["best", "first_entry", "strict", "any_order", "totals"],
    starts: tuple[int, int],
    later: bool,
    grace: int,
    exclude: list[tuple[int, int]],
    hold: _Column | None,
    task: Task | None = None,
) -> list[int]: ...
def retention(
    layout: Layout,
    roles: _Roles,
    offsets: _Offsets,
    calendar: _Calendar,
    last: int,
    kind_name: Literal["exact", "within", "unbounded"],
    exact_day: bool,
    task: Task | None = None,
) -> Frame: ...
def retention_users(
    layout: Layout,
    roles: _Roles,
    offsets: _Offsets,
    calendar: _Calendar,
    cell: tuple[int, int],
    kind_name: Literal["exact", "within", "unbounded"],
    exact_day: bool,
    task: Task | None = None,
) -> Frame: ...
def lifecycle(
    layout: Layout,
    roles: _Roles,
    offsets: _Offsets,
    calendar: _Calendar,
    task: Task | None = None,
) -> tuple[Frame, Frame]: ...
def user_days(
    layout: Layout, roles: _Roles, offsets: _Offsets, task: Task | None = None
) -> Frame: ...
def first_last(
    layout: Layout, roles: _Roles, values: _Column, task: Task | None = None
) -> Frame: ...
def session_totals(
    layout: Layout,
    roles: _Roles,
    gap: int,
    values: _Column,
    limits: list[int],
    task: Task | None = None,
) -> tuple[int, int, int, int, list[int]]: ...
def sessions(
    layout: Layout, roles: _Roles, gap: int, values: _Column, task: Task | None = None
) -> Frame: ...
def visits(
    layout: Layout,
    roles: _Roles,
    places: _Dimension,
    ends: _Column,
    cap: int,
    task: Task | None = None,
) -> Frame: ...
def presence_of_rows(
    layout: Layout,
    roles: _Roles,
    places: _Dimension,
    size: int,
    which: Literal["peak", "curve"],
    task: Task | None = None,
) -> Frame: ...
def presence_of_stays(
    places: _Column, starts: _Column, ends: _Column, which: Literal["peak", "curve"]
) -> Frame: ...
def transitions(
    layout: Layout,
    roles: _Roles,
    codes: _Dimension,
    size: int,
    collapse: bool,
    task: Task | None = None,
) -> Frame: ...
def edges(
    layout: Layout,
    roles: _Roles,
    codes: _Dimension,
    size: int,
    depth: int,
    collapse: bool,
    gap: int,
    task: Task | None = None,
) -> Frame: ...
def routes(
    layout: Layout,
    roles: _Roles,
    codes: _Dimension,
    size: int,
    after: bool,
    collapse: bool,
    longest: int,
    task: Task | None = None,
) -> Frame: ...
def buckets(
    layout: Layout,
    roles: _Roles,
    codes: _Dimension,
    size: int,
    width: int,
    offset: int,
    counted: int,
    values: _Column,
    task: Task | None = None,
) -> Frame: ...
def journeys(
    layout: Layout,
    roles: _Roles,
    codes: _Dimension,
    touches: int,
    values: _Column,
    lookback: int | None,
    period: tuple[int, int],
    half_life: float,
    task: Task | None = None,
) -> Journeys: ...
def journeys_state(journeys: Journeys) -> Frame: ...
def journeys_merged(states: list[_ArrowStream]) -> Journeys: ...
def rows_of_users(layout: Layout, wanted: _Column) -> Frame: ...
def route_users(
    layout: Layout,
    roles: _Roles,
    codes: _Dimension,
    size: int,
    after: bool,
    collapse: bool,
    longest: int,
    path: list[int],
    task: Task | None = None,
) -> Frame: ...
