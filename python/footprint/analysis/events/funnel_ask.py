"""A funnel as asked: its parameters, parsed once, and the runs the answer is made of."""

from __future__ import annotations

from collections.abc import Sequence
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
from footprint.errors import UsageError
from footprint.questions import Param
from footprint.scope import Scope
from footprint.text import Text

MODES = ("best", "first_entry", "totals", "strict", "any_order")
GRACES = ("0", "1", "2")
# A window with this ending runs from every step to the next.
_BY_STEP = "/step"

STEPS = Param(
    "steps",
    str,
    "",
    Text(
        "步骤（逗号分隔；结尾加 ? 的可以跳过；空白=常用路径）",
        "Steps, comma between; one ending in ? may be skipped",
    ),
)
MODE = Param("mode", str, "best", Text("怎样数", "How steps are matched"), MODES)
WINDOW = Param(
    "window",
    str,
    "7d",
    Text(
        "时间窗（7d、30m、none；30m/step 为每一步）",
        "Window (7d, 30m, none; 30m/step from step to step)",
    ),
)
GRACE = Param("grace", str, "0", Text("容许的秒数误差", "Seconds of grace"), GRACES)
HOLD = Param("hold", str, "", Text("每步须相同的列（如 stream_id）", "Same column at every step"))
EXCLUDE = Param("exclude", str, "", Text("排除（如 refund@1-3）", "Exclude (refund@1-3)"))
PARAMS = (STEPS, MODE, WINDOW, GRACE, HOLD, EXCLUDE)


@dataclass(frozen=True)
class Asked:
    """One funnel question over one data version. Steps and exclusions are ``written`` as a person
    numbers them; steps that may be skipped are asked apart, see ``through``."""

    data: Data
    scope: Scope
    written: list[Step]
    mode: Mode
    window: timedelta | None
    each: bool
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
        _check(listed, mode)
        length = window.strip().removesuffix(_BY_STEP)
        return cls(
            data, scope, listed, cast("Mode", mode), parse_duration(length),
            length != window.strip(), timedelta(seconds=int(grace)), _column(data, hold), found,
            kept(data, scope, rows, who),
        )  # fmt: skip

    @property
    def required(self) -> list[int]:
        """Places of the steps that cannot be skipped."""
        return [at for at, step in enumerate(self.written) if not step.optional]

    @property
    def steps(self) -> list[Step]:
        """The steps that cannot be skipped."""
        return [self.written[at] for at in self.required]

    @property
    def longest(self) -> timedelta | None:
        """Longest time a chain may take from its first to its last step."""
        if self.window is None or not self.each:
            return self.window
        return self.window * (len(self.steps) - 1)

    def run(self) -> Funnel:
        """Levels of all users whose first step lies in the scope's period."""
        return self._over(self.required)

    def through(self, place: int) -> tuple[Funnel, Funnel]:
        """The funnel up to the skippable step at ``place``, and on from there to the end."""
        before = [at for at in self.required if at < place]
        after = [at for at in self.required if at > place]
        return self._over([*before, place]), self._over([*before, place, *after])

    def _over(self, places: Sequence[int]) -> Funnel:
        return self.data.event_log().funnel(
            selectors([self.written[at] for at in places]),
            self.window,
            mode=self.mode,
            mask=self.mask,
            starts=self.scope.bounds(),
            hold=self.hold,
            exclude=self._barred(places) or None,
            grace=self.grace,
            each=self.each,
        )

    def _barred(self, places: Sequence[int]) -> list[tuple[Selector, int, int]]:
        """The exclusions in the numbers of the steps at ``places``: from the last of them at or
        before the first step, to the first of them at or after the second (or the end)."""
        found = []
        for what, first, second in self.exclude:
            since = sum(at < first for at in places)
            until = min(sum(at < second - 1 for at in places) + 1, len(places))
            if since < until:
                found.append((what, since, until))
        return found

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
        path = " → ".join(f"({s.name})" if s.optional else s.name for s in self.written)
        how, length = _WORDS[self.mode], in_words(self.window)
        if self.each:
            length = Text(f"每一步{length.zh}", f"{length.en} from step to step")
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


def _check(steps: list[Step], mode: str) -> None:
    if steps[0].optional:
        raise UsageError(
            Text("第一步不能跳过", "the first step cannot be skipped"),
            Text("请去掉第一步的问号。", "Take the question mark off the first step."),
        )
    if mode in ("strict", "any_order") and any(step.optional for step in steps):
        raise UsageError(
            Text(f"方式“{mode}”不支持可跳过的步骤", f"mode “{mode}” takes no skippable steps"),
            Text("请用 best、first_entry 或 totals。", "Use best, first_entry or totals."),
        )


def _column(data: Data, hold: str) -> str | Coded | None:
    if not hold:
        return None
    found = coded(data, hold)
    return found if isinstance(found, Coded) else hold
