"""A funnel as asked: its parameters, parsed once, and the runs the answer is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import polars as pl

from footprint.analysis.events.durations import in_words, parse_duration
from footprint.analysis.events.rows import coded, kept
from footprint.analysis.events.steps import Step, excluded, parse_steps, selectors
from footprint.data import Data
from footprint.engine import Coded, Funnel, Selector
from footprint.engine.funnel import Mode
from footprint.questions import Param
from footprint.scope import Scope
from footprint.text import Text

MODES = ("best", "first_entry", "totals", "strict", "any_order")
GRACES = ("0", "1", "2")

STEPS = Param("steps", str, "", Text("步骤（逗号分隔；空白=常用路径）", "Steps, comma between"))
MODE = Param("mode", str, "best", Text("怎样数", "How steps are matched"), MODES)
WINDOW = Param("window", str, "7d", Text("时间窗（7d、30m、none）", "Window (7d, 30m, none)"))
GRACE = Param("grace", str, "0", Text("容许的秒数误差", "Seconds of grace"), GRACES)
HOLD = Param("hold", str, "", Text("每步须相同的列（如 stream_id）", "Same column at every step"))
EXCLUDE = Param("exclude", str, "", Text("排除（如 refund@1-3）", "Exclude (refund@1-3)"))
PARAMS = (STEPS, MODE, WINDOW, GRACE, HOLD, EXCLUDE)


@dataclass(frozen=True)
class Asked:
    """One funnel question over one data version."""

    data: Data
    scope: Scope
    steps: list[Step]
    mode: Mode
    window: timedelta | None
    grace: timedelta
    hold: str | Coded | None
    exclude: list[tuple[Selector, int, int]]
    mask: pl.Series | None

    @classmethod
    def of(
        cls, data: Data, scope: Scope, steps: str, mode: str, window: str, grace: str, hold: str,
        exclude: str, rows: str, who: str,
    ) -> Asked:  # fmt: skip
        """Raises UsageError for what cannot be read or does not exist."""
        listed = parse_steps(data, steps)
        found = excluded(data, exclude, len(listed))
        return cls(
            data, scope, listed, cast("Mode", mode), parse_duration(window),
            timedelta(seconds=int(grace)), _column(data, hold), found,
            kept(data, scope, rows, who),
        )  # fmt: skip

    def run(self) -> Funnel:
        """Levels of all users whose first step lies in the scope's period."""
        return self.data.event_log().funnel(
            selectors(self.steps),
            self.window,
            mode=self.mode,
            mask=self.mask,
            starts=self.scope.bounds(),
            hold=self.hold,
            exclude=self.exclude or None,
            grace=self.grace,
        )

    def within(self, scope: Scope) -> Asked:
        """The same funnel over another period."""
        return replace(self, scope=scope)

    def among(self, mask: pl.Series) -> Asked:
        """The same funnel over the rows of ``mask`` only."""
        return replace(self, mask=mask if self.mask is None else self.mask & mask)

    def without_exclusion(self) -> Asked:
        """The same funnel with nothing excluded."""
        return replace(self, exclude=[])

    def definition(self) -> Text:
        """The rule in plain words."""
        path = " → ".join(step.name for step in self.steps)
        how, length = _WORDS[self.mode], in_words(self.window)
        return Text(
            f"{how.zh}：{path}，{length.zh}；日期只限定第一步。",
            f"{how.en}: {path}, {length.en}; the period bounds the first step only.",
        )


_WORDS: dict[str, Text] = {
    "best": Text("按顺序、取每人最好的一次", "In order, each user's best start"),
    "first_entry": Text("按顺序、只看第一次进入", "In order, each user's first entry only"),
    "totals": Text("按顺序、每次尝试都算", "In order, every attempt counts"),
    "strict": Text("中间不能有别的行为", "Nothing else between the steps"),
    "any_order": Text("任意顺序", "In any order"),
}


def _column(data: Data, hold: str) -> str | Coded | None:
    if not hold:
        return None
    found = coded(data, hold)
    return found if isinstance(found, Coded) else hold
