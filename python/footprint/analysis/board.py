"""The KPI board: every metric of a scorecard against its target, the period before and by day."""

from __future__ import annotations

from typing import Any

import polars as pl

from footprint.data import Data
from footprint.errors import DataMissing
from footprint.metrics import Measure, SliceError, View, by_group, measure, metrics
from footprint.metrics.boards import BOARDS, DEFAULT, members
from footprint.metrics.registry import Metric
from footprint.metrics.targets import Target, status, target_of
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import SLICES, Scope
from footprint.text import Text

_METRICS_FRAME: dict[str, Any] = {
    "group": pl.String, "metric": pl.String, "value": pl.Float64, "n": pl.Int64,
    "low": pl.Float64, "high": pl.Float64, "unit": pl.String, "previous": pl.Float64,
    "change": pl.Float64, "target": pl.Float64, "reference": pl.List(pl.Float64),
    "direction": pl.String, "status": pl.String, "sure": pl.Boolean,
}  # fmt: skip
_PARAMS = (
    Param("scorecard", str, DEFAULT, Text("看板", "Scorecard"), tuple(BOARDS)),
    Param("slice", str, "none", Text("按哪个维度拆分", "Column to slice by"), ("none", *SLICES)),
)


@question(
    "board",
    title=Text("现在做得怎么样？", "Where do we stand?"),
    page="M1",
    rows=("S7.2-e", "S1.2.3-a", "S7.1-a"),
    needs=(),
    uses=("orders", "streams", "costs", "events", "comments", "contents", "hosts", "surveys"),
    params=_PARAMS,
)
def board(data: Data, scope: Scope, scorecard: str = DEFAULT, slice: str = "none") -> Result:
    """The metrics of a scorecard: value, sample, 95 % interval, change and target.

    Scalars: one per metric id. Frames: ``metrics`` (group, metric, value, n, low, high, unit,
    previous, change = value / previous - 1, target, reference = grey marks of the plan, direction,
    status = met, missed, no_target, too_small, no_data, sure = the whole interval lies on one side
    of the target), ``daily`` (date, metric, value, n) and
    ``slices`` (slice, metric, value, n). ``previous`` is the equally long period before a closed
    scope. A metric whose table is missing has status no_data and a note naming the file; the others
    work. Source: requirement rows S7.2-e, S1.2.3-a, S7.1-a.
    """
    known = metrics()
    chosen = [(group, known[id]) for group, id in members(scorecard)]
    view = View(data, scope)
    notes: list[Text] = []
    now = {metric.id: _value(metric, view, notes) for _, metric in chosen}
    before = _before(data, scope, [metric for _, metric in chosen])
    rows = [_row(group, m, data, scope, now[m.id], before.get(m.id)) for group, m in chosen]
    notes += [_too_small(m) for _, m in chosen if 0 < now[m.id].n < m.min_n]
    frames = {
        "metrics": pl.DataFrame(rows, schema=_METRICS_FRAME),
        "daily": _grouped(view, chosen, "date", "date", pl.Date, []),
        "slices": _slices(view, chosen, slice, notes),
    }
    return Result(_scalars(chosen, now), frames, notes=tuple(notes))


def _value(metric: Metric, view: View, notes: list[Text]) -> Measure:
    try:
        return measure(metric.id, view)
    except DataMissing as missing:
        lacks = Text(f"{metric.title.zh}：{missing.message('zh')}",
                     f"{metric.title.en}: {missing.message('en')}")  # fmt: skip
        notes.append(lacks)
        return Measure(None, 0)


def _before(data: Data, scope: Scope, chosen: list[Metric]) -> dict[str, Measure]:
    earlier = scope.previous()
    if earlier is None:
        return {}
    view = View(data, earlier)
    return {metric.id: _value(metric, view, []) for metric in chosen}


def _row(
    group: str, metric: Metric, data: Data, scope: Scope, now: Measure, before: Measure | None
) -> dict[str, Any]:
    target = target_of(metric, data, scope)
    previous = before.value if before and before.n else None
    change = now.value / previous - 1 if previous and now.value is not None else None
    return {
        "group": group, "metric": metric.id, "value": now.value, "n": now.n,
        "low": now.low, "high": now.high, "unit": metric.unit,
        "previous": previous, "change": change,
        "target": target.value if target else None, "reference": _reference(metric, data),
        "direction": metric.direction, "status": status(metric, target, now),
        "sure": _sure(target, now),
    }  # fmt: skip


def _sure(target: Target | None, now: Measure) -> bool | None:
    """Does the whole interval lie on one side of the target? None without a target."""
    if target is None or now.value is None:
        return None
    bounds = (now.low, now.high) if now.low is not None and now.high is not None else (now.value,)
    return len({target.met(bound) for bound in bounds}) == 1


def _reference(metric: Metric, data: Data) -> list[float] | None:
    if metric.reference_key is None:
        return None
    value = data.settings.reference(metric.reference_key).value
    marks = value if isinstance(value, list) else [value]
    return [float(mark) for mark in marks if isinstance(mark, int | float)]


def _grouped(
    view: View, chosen: list[tuple[str, Metric]], by: str, name: str, kind: Any, skipped: list[str]
) -> pl.DataFrame:
    """All metrics per day or slice in one long frame; ``skipped`` collects those that cannot."""
    parts = []
    for _, metric in chosen:
        try:
            found = by_group(metric.id, view, by)
        except SliceError:
            skipped.append(metric.id)
            continue
        except DataMissing:
            continue
        parts.append(
            found.select(
                pl.col("key").cast(kind).alias(name),
                pl.lit(metric.id).alias("metric"),
                "value",
                "n",
            )
        )
    schema = {name: kind, "metric": pl.String, "value": pl.Float64, "n": pl.Int64}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def _slices(
    view: View, chosen: list[tuple[str, Metric]], column: str, notes: list[Text]
) -> pl.DataFrame:
    if column == "none":
        return _grouped(view, [], column, "slice", pl.String, [])
    skipped: list[str] = []
    found = _grouped(view, chosen, column, "slice", pl.String, skipped)
    if skipped:
        known = metrics()
        zh, en = ("、".join(known[i].title.zh for i in skipped),
                  ", ".join(known[i].title.en for i in skipped))  # fmt: skip
        notes.append(Text(f"不能按“{column}”拆分：{zh}。", f"Cannot be split by “{column}”: {en}."))
    return found


def _too_small(metric: Metric) -> Text:
    return Text(
        f"{metric.title.zh}样本不足 {metric.min_n}，只显示、不判断。",
        f"{metric.title.en} rests on fewer than {metric.min_n}, so it is shown but not judged.",
    )


def _scalars(chosen: list[tuple[str, Metric]], now: dict[str, Measure]) -> dict[str, Scalar]:
    return {metric.id: now[metric.id].scalar(metric) for _, metric in chosen}
