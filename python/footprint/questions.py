"""The one list of questions: what each is called, needs, takes and answers.

A question is a pure function ``(data, scope, **params) -> Result`` under ``@question``. The command
line, the library, the pages, the docs and the tests all read this registry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

from footprint.data import Data
from footprint.errors import DataMissing, UsageError, unknown
from footprint.result import Finding, Result
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.text import Text

Answer = Callable[..., Result]
Findings = Callable[[Result, Data, Scope], Sequence[Finding]]

# Modules that declare questions; a new analysis adds its line here.
MODULES: tuple[str, ...] = (
    "footprint.analysis.age_index",
    "footprint.analysis.alerts",
    "footprint.analysis.attribution",
    "footprint.analysis.attribution_order",
    "footprint.analysis.benchmark_alert",
    "footprint.analysis.board",
    "footprint.analysis.break_even",
    "footprint.analysis.budget",
    "footprint.analysis.channels",
    "footprint.analysis.cohort_users",
    "footprint.analysis.complaints",
    "footprint.analysis.content_card",
    "footprint.analysis.content_layers",
    "footprint.analysis.content_nps",
    "footprint.analysis.cost_share",
    "footprint.analysis.customer_list",
    "footprint.analysis.customer_value",
    "footprint.analysis.data_quality",
    "footprint.analysis.events.buckets",
    "footprint.analysis.events.dwell",
    "footprint.analysis.events.funnel",
    "footprint.analysis.events.paths",
    "footprint.analysis.events.presence",
    "footprint.analysis.events.replay",
    "footprint.analysis.events.sessions",
    "footprint.analysis.events.stickiness",
    "footprint.analysis.events.transitions",
    "footprint.analysis.events.users",
    "footprint.analysis.exaggeration",
    "footprint.analysis.experiment",
    "footprint.analysis.factor_screen",
    "footprint.analysis.fulfilment",
    "footprint.analysis.fission",
    "footprint.analysis.goals",
    "footprint.analysis.host_ranking",
    "footprint.analysis.interaction_points",
    "footprint.analysis.latency",
    "footprint.analysis.lifecycle",
    "footprint.analysis.long_value",
    "footprint.analysis.member_streams",
    "footprint.analysis.monitor",
    "footprint.analysis.movers",
    "footprint.analysis.negative_index",
    "footprint.analysis.opinion_alerts",
    "footprint.analysis.overload",
    "footprint.analysis.platform_flow",
    "footprint.analysis.product_picks",
    "footprint.analysis.regional",
    "footprint.analysis.reorder",
    "footprint.analysis.phase_users",
    "footprint.analysis.repurchase",
    "footprint.analysis.retention",
    "footprint.analysis.return_change",
    "footprint.analysis.risk_matrix",
    "footprint.analysis.script_check",
    "footprint.analysis.script_similarity",
    "footprint.analysis.script_slots",
    "footprint.analysis.seeding",
    "footprint.analysis.sku_profit",
    "footprint.analysis.slot_ctr",
    "footprint.analysis.stock",
    "footprint.analysis.stage_times",
    "footprint.analysis.stutter_region",
    "footprint.analysis.tag_effect",
    "footprint.analysis.topics",
    "footprint.analysis.traffic",
    "footprint.analysis.traffic_share",
    "footprint.analysis.trend",
    "footprint.analysis.trial_returns",
    "footprint.analysis.value",
    "footprint.analysis.value_chain",
    "footprint.analysis.weekend_share",
)


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a question. ``kind`` is str, int, float, bool or date."""

    name: str
    kind: type
    default: Any
    doc: Text
    choices: tuple[str, ...] = ()

    def parse(self, raw: Any) -> Any:
        """The value a user typed, in the parameter's type; UsageError when it cannot be one."""
        if raw is None or raw == "":
            return self.default
        try:
            value = self._convert(raw)
        except (TypeError, ValueError) as error:
            raise self._refuse(raw) from error
        if self.choices and value not in self.choices:
            raise self._refuse(raw)
        return value

    def _convert(self, raw: Any) -> Any:
        if self.kind is date and not isinstance(raw, date):
            return date.fromisoformat(str(raw))
        if self.kind is bool and not isinstance(raw, bool):
            return {"true": True, "1": True, "false": False, "0": False}[str(raw).lower()]
        return self.kind(raw) if not isinstance(raw, self.kind) else raw

    def _refuse(self, raw: Any) -> UsageError:
        allowed = ", ".join(self.choices) or self.kind.__name__
        return UsageError(
            Text(f"参数 {self.name} 不能是“{raw}”", f"parameter {self.name} cannot be “{raw}”"),
            Text(f"可用：{allowed}。", f"Use: {allowed}."),
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A declared question. ``needs`` must be in the workspace, ``uses`` sharpen the answer."""

    id: str
    title: Text
    page: str
    rows: tuple[str, ...]
    needs: tuple[str, ...]
    uses: tuple[str, ...]
    params: tuple[Param, ...]
    in_brief: bool
    answer: Answer
    findings: Findings | None
    doc: str

    def parse(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        known = {param.name: param for param in self.params}
        for name in raw:
            if name not in known:
                raise unknown("parameter", "参数", name, known)
        return {name: param.parse(raw.get(name)) for name, param in known.items()}


_QUESTIONS: dict[str, Question] = {}


def question(
    id: str,
    *,
    title: Text,
    page: str,
    rows: tuple[str, ...],
    needs: tuple[str, ...],
    uses: tuple[str, ...] = (),
    params: tuple[Param, ...] = (),
    in_brief: bool = False,
    findings: Findings | None = None,
) -> Callable[[Answer], Answer]:
    """Declare a question. ``in_brief``: the weekly brief asks it (default parameters, the week)."""

    def declare(answer: Answer) -> Answer:
        if id in _QUESTIONS:
            raise ValueError(f"question {id} is declared twice")
        _QUESTIONS[id] = Question(
            id, title, page, rows, needs, uses, params, in_brief, answer, findings,
            answer.__doc__ or "",
        )  # fmt: skip
        return answer

    return declare


def questions() -> Mapping[str, Question]:
    """All declared questions by id."""
    for module in MODULES:
        import_module(module)
    return dict(sorted(_QUESTIONS.items()))


def ask(data: Data, id: str, scope: Scope, raw_params: Mapping[str, Any]) -> Result:
    """Answer one question. Raises UsageError (unknown name) or DataMissing (names the file)."""
    known = questions()
    if id not in known:
        raise unknown("question", "问题", id, known)
    asked = known[id]
    require(data, asked.needs)
    params = asked.parse(raw_params)
    result = asked.answer(data, scope, **params)
    result = result.stamped(question=id, params=params, scope=scope, data_version=data.version)
    if asked.findings:
        result = result.stamped(findings=tuple(asked.findings(result, data, scope)))
    return result


def require(data: Data, tables: Sequence[str]) -> None:
    """Raise DataMissing naming every absent table, in the words of the schema."""
    absent = tuple(name for name in tables if not data.has(name))
    if not absent:
        return
    zh = "、".join(f"{TABLES[name].title.zh}（{name}.csv）" for name in absent)
    en = ", ".join(f"{TABLES[name].title.en} ({name}.csv)" for name in absent)
    raise DataMissing(
        Text(f"缺少数据：{zh}", f"data is missing: {en}"),
        Text("请上传该文件，或先用示例数据试用。", "Upload that file, or try the sample data."),
        absent,
    )
