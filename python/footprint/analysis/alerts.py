"""Every alert rule of the shop in one list: what is open, since when, and what to do."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

import footprint.risk
from footprint.data import Data
from footprint.errors import FootprintError
from footprint.questions import ask, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

_DEFINITION = Text(
    "一张规则表：每条规则写明看哪个问题、用哪个阈值、最少样本、期限和动作；"
    "每有一个成因就打开一条预警。没有打开"
    "的预警为绿色；缺数据的规则为灰色，不算绿色。",
    "One table of rules: each names its question, threshold, least sample, deadline and action, "
    "and "
    "opens one alert per cause. Green means none open; a rule without data is grey, never green.",
)
_SCHEMA: dict[str, Any] = {
    "id": pl.String, "colour": pl.String, "rule": pl.String, "name": pl.String,
    "name_en": pl.String, "metric": pl.String, "value": pl.Float64, "threshold": pl.String,
    "min_n": pl.Float64, "n": pl.Int64, "since": pl.Datetime("us", "UTC"),
    "deadline": pl.Datetime("us", "UTC"), "state": pl.String, "finding": pl.String,
    "problem": pl.String, "problem_en": pl.String, "action": pl.String, "action_en": pl.String,
}  # fmt: skip
_ORDER = {"red": 0, "yellow": 1, "grey": 2, "green": 3}


@cache
def rules() -> tuple[dict[str, Any], ...]:
    """The declared alert rules (``risk/alert_rules.toml``)."""
    path = Path(footprint.risk.__file__).parent / "alert_rules.toml"
    return tuple(tomllib.loads(path.read_text("utf-8"))["rule"])


@question(
    "alerts",
    title=Text("现在有哪些预警？", "Which alerts are open?"),
    page="C1",
    rows=("S5.2-a", "S5.2-b", "S5.2-c"),
    needs=(),
    uses=("comments", "orders", "streams", "benchmarks", "scripts", "costs", "stream_minutes"),
)
def alerts(data: Data, scope: Scope) -> Result:
    """All rules evaluated over the scope, open ones first, red before yellow.

    Frame ``alerts``: id, colour (red, yellow; green rule without alert; grey rule without data),
    rule, name, metric (question), value, threshold, min_n, n, since, deadline (UTC), state
    (alerting, ok, no_data), finding (its id), problem, action; ``_en`` twins in English. Scalars:
    ``red``, ``yellow``, ``open``. Source: requirement row S5.2-a.
    """
    answers = _answers(data, scope)
    rows = [row for rule in rules() for row in _rows(rule, answers[rule["question"]], data, scope)]
    rows.sort(key=lambda row: (_ORDER[row["colour"]], row["id"]))
    found = pl.DataFrame(rows, schema=_SCHEMA)
    open_ = found.filter(state="alerting")

    def count(rows: pl.DataFrame, label: Text) -> Scalar:
        return Scalar(rows.height, "count", len(rules()), label=label, definition=_DEFINITION)

    return Result(
        scalars={
            "red": count(open_.filter(colour="red"), Text("红色预警", "Red alerts")),
            "yellow": count(open_.filter(colour="yellow"), Text("黄色预警", "Yellow alerts")),
            "open": count(open_, Text("打开的预警", "Open alerts")),
        },
        frames={"alerts": found},
    )


def _answers(data: Data, scope: Scope) -> dict[str, Result | None]:
    """Each question asked once; None where its data are missing."""
    found: dict[str, Result | None] = {}
    for id in {rule["question"] for rule in rules()}:
        try:
            found[id] = ask(data, id, scope, {})
        except FootprintError:
            found[id] = None
    return found


def _rows(
    rule: dict[str, Any], answer: Result | None, data: Data, scope: Scope
) -> list[dict[str, Any]]:
    base = _declared(rule, data)
    if answer is None:
        return [base | {"id": rule["id"], "colour": "grey", "state": "no_data"}]
    findings = [finding for finding in answer.findings if finding.kind == rule["id"]]
    if not findings:
        return [base | {"id": rule["id"], "colour": "green", "state": "ok"}]
    return [base | _open(rule, finding, answer, data, scope) for finding in findings]


def _declared(rule: dict[str, Any], data: Data) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(_SCHEMA)
    least = data.settings.value(rule["min_n"]) if "min_n" in rule else None
    return row | {
        "rule": rule["id"], "name": rule["zh"], "name_en": rule["en"], "metric": rule["question"],
        "threshold": str(data.settings.value(rule["threshold"])), "min_n": least,
        "action": rule["action_zh"], "action_en": rule["action_en"],
    }  # fmt: skip


def _open(
    rule: dict[str, Any], finding: Finding, answer: Result, data: Data, scope: Scope
) -> dict[str, Any]:
    evidence = finding.evidence if finding.evidence is not None else pl.DataFrame()
    since = _since(rule, evidence, finding.scope or scope)
    hours = data.settings.value(rule["deadline"]) if "deadline" in rule else None
    return {
        "id": finding.id, "colour": rule["colour"], "state": "alerting", "finding": finding.id,
        "value": _value(rule, evidence, answer),
        "n": int(evidence[rule["n"]].sum()) if "n" in rule else finding.n, "since": since,
        "deadline": since + timedelta(hours=hours) if since and hours else None,
        "problem": finding.problem.zh, "problem_en": finding.problem.en,
    }  # fmt: skip


def _value(rule: dict[str, Any], evidence: pl.DataFrame, answer: Result) -> float:
    """The measured value: a scalar of the answer, or a column of the evidence taken together."""
    if "scalar" in rule:
        return float(answer.scalars[rule["scalar"]].value or 0)
    return float(getattr(evidence[rule["value"]].drop_nulls(), rule["pick"])())


def _since(rule: dict[str, Any], evidence: pl.DataFrame, scope: Scope) -> datetime | None:
    """First event of the evidence, else the first moment of the period."""
    if "since" in rule:
        first = evidence[rule["since"]].min()
        return first if isinstance(first, datetime) else None
    start = scope.bounds()[0]
    return start.astimezone(UTC) if start else None
