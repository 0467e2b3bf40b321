"""The register of risks, each with live evidence, ordered by what it is expected to cost."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

import footprint.risk
from footprint.data import Data
from footprint.errors import FootprintError
from footprint.questions import Param, ask, question
from footprint.result import Result, Scalar
from footprint.risk.evidence import READERS, Evidence
from footprint.risk.matrix import CELLS, cell, edges, expected_loss, likelihood
from footprint.scope import Scope
from footprint.text import Text

_DEFINITION = Text(
    "期望损失 = 每次机会发生的可能性 × 机会数 × 单次损失。可能性为 Beta(1+次数, 19+机会−次数)；"
    "单次损失取自"
    "您的文件，文件里没有的留空，不计入合计。固有、当前、剩余三档之间的措施效果是假定值，"
    "可在设置里改。",
    "Expected loss is the chance per opportunity times opportunities times the loss per event. The "
    "chance is Beta(1 + events, 19 + opportunities - events); losses come from your files, unknown "
    "ones stay empty and out of the sum. The effect of treatments between inherent, current and "
    "residual is assumed and can be set.",
)
_SCORES = ("current", "inherent", "residual")
_RISKS = {
    "risk_id": pl.String, "name": pl.String, "name_en": pl.String,
    "area": pl.String, "unit": pl.String, "unit_en": pl.String,
    "events": pl.Int64, "opportunities": pl.Int64, "likelihood": pl.Float64,
    "likelihood_low": pl.Float64, "likelihood_high": pl.Float64, "loss": pl.Float64,
    "expected_loss": pl.Float64, "el_low": pl.Float64, "el_high": pl.Float64, "cell_x": pl.Int64,
    "cell_y": pl.Int64, "inherent": pl.Float64, "current": pl.Float64, "residual": pl.Float64,
    "effect": pl.Float64, "effect_source": pl.String, "evidence_question": pl.String,
    "owner": pl.String, "review_date": pl.Date, "treatment": pl.String,
    "treatment_state": pl.String, "treatment_text": pl.String,
    "treatment_text_en": pl.String,
    "loss_basis": pl.String, "loss_basis_en": pl.String, "state": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """A risk of the register with what the data say of it; None when tables are missing."""

    risk: dict[str, Any]
    evidence: Evidence | None


@cache
def register() -> tuple[dict[str, Any], ...]:
    """The declared risks (``risk/register.toml``)."""
    path = Path(footprint.risk.__file__).parent / "register.toml"
    return tuple(tomllib.loads(path.read_text("utf-8"))["risk"])


@question(
    "risk_matrix",
    title=Text("哪些风险最该先管？", "Which risks come first?"),
    page="C1",
    rows=("S5.1-a",),
    needs=(),
    uses=("streams", "orders", "comments", "scripts", "stream_minutes", "benchmarks", "costs"),
    params=(Param("score", str, "current", Text("看哪一档", "Which score"), _SCORES),),
)
def risk_matrix(data: Data, scope: Scope, score: str = "current") -> Result:
    """Risks by expected loss, with likelihood, loss and place in the 5 x 5 view.

    Frames: ``risks`` (largest expected loss first; likelihood per ``unit``; loss per event,
    expected_loss with el_low/el_high over the scope's opportunities and inherent, current, residual
    in CNY; texts in Chinese, their ``_en`` twins in English; cell_x likelihood and cell_y loss
    1..5; effect with effect_source "assumed"; state measured, no_loss or no_data) and ``cells``
    (x, y, p_low, p_high, loss_low, loss_high, risks).
    Scalars: ``expected_loss`` (sum of known ones), ``open_risks`` (with an event in the scope),
    ``coverage`` (share of risks with data). Source: requirement row S5.1-a.
    """
    effect = float(data.settings.value("treatment_effect"))
    known = [_Known(risk, _evidence(risk, data, scope)) for risk in register()]
    rows = [_row(item, score, effect, data) for item in known]
    risks = pl.DataFrame(rows, schema=_RISKS).sort(
        "expected_loss", "likelihood", descending=True, nulls_last=True
    )
    frames = {"risks": risks, "cells": _cells(risks, data)}
    return Result(_scalars(risks), frames, notes=_notes(risks))


def _evidence(risk: dict[str, Any], data: Data, scope: Scope) -> Evidence | None:
    try:
        answer = ask(data, risk["question"], scope, {})
        return READERS[risk["id"]](answer, data, scope)
    except FootprintError:
        return None


def _row(item: _Known, score: str, effect: float, data: Data) -> dict[str, Any]:
    risk, found = item.risk, item.evidence
    row = _declared(risk, effect)
    if found is None or not found.opportunities:
        return row | {"state": "no_data"}
    factors, bounds = _factors(risk["state"], effect), data.settings.value("matrix_p_bounds")
    chance = likelihood(found.events, found.opportunities)
    each = sum(found.losses) / len(found.losses) if found.losses else None
    row |= {
        "events": found.events, "opportunities": found.opportunities,
        "likelihood": min(1.0, chance.mean * factors[score]),
        "likelihood_low": min(1.0, chance.low * factors[score]),
        "likelihood_high": min(1.0, chance.high * factors[score]),
        "loss": each, "loss_basis": found.basis.zh, "loss_basis_en": found.basis.en,
        "state": "measured" if found.losses else "no_loss",
        "cell_x": cell(min(1.0, chance.mean * factors[score]), bounds),
    }  # fmt: skip
    if each is None:
        return row
    losses = {name: expected_loss(found.events, found.opportunities, found.losses, factor)
              for name, factor in factors.items()}  # fmt: skip
    chosen = losses[score]
    row |= {name: loss.mean for name, loss in losses.items() if loss}
    return row | {
        "expected_loss": chosen.mean if chosen else None,
        "el_low": chosen.low if chosen else None,
        "el_high": chosen.high if chosen else None,
        "cell_y": cell(each, data.settings.value("matrix_loss_bounds")),
    }


def _factors(state: str, effect: float) -> dict[str, float]:
    """What multiplies the measured loss: before treatments in place, now, after planned ones."""
    in_place = state == "in_place"
    return {
        "inherent": 1 / (1 - effect) if in_place and effect < 1 else 1.0,
        "current": 1.0,
        "residual": 1.0 if in_place else 1 - effect,
    }


def _declared(risk: dict[str, Any], effect: float) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(_RISKS)
    return empty | {
        "risk_id": risk["id"], "name": risk["zh"], "name_en": risk["en"], "area": risk["area"],
        "unit": risk["unit_zh"], "unit_en": risk["unit_en"], "effect": effect,
        "effect_source": "assumed", "evidence_question": risk["question"],
        "treatment": risk["treatment"], "treatment_state": risk["state"],
        "treatment_text": risk["treatment_zh"], "treatment_text_en": risk["treatment_en"],
    }  # fmt: skip


def _cells(risks: pl.DataFrame, data: Data) -> pl.DataFrame:
    """All 25 cells with their printed bounds and the risks inside."""
    chances = edges(data.settings.value("matrix_p_bounds"), 1.0)
    losses = edges(data.settings.value("matrix_loss_bounds"), None)
    placed = risks.drop_nulls(["cell_x", "cell_y"])
    rows = []
    for x, y in ((x, y) for x in range(CELLS) for y in range(CELLS)):
        inside = placed.filter(pl.col("cell_x") == x + 1, pl.col("cell_y") == y + 1)
        (p_low, p_high), (loss_low, loss_high) = chances[x], losses[y]
        rows.append((x + 1, y + 1, p_low, p_high, loss_low, loss_high, inside["risk_id"].to_list()))
    bounds = dict.fromkeys(("p_low", "p_high", "loss_low", "loss_high"), pl.Float64)
    schema: dict[str, Any] = {
        "x": pl.Int64, "y": pl.Int64, **bounds, "risks": pl.List(pl.String),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _scalars(risks: pl.DataFrame) -> dict[str, Scalar]:
    measured = risks.drop_nulls("expected_loss")
    with_data = risks.filter(pl.col("state") != "no_data").height
    return {
        "expected_loss": Scalar(
            float(measured["expected_loss"].sum()) if measured.height else None, "CNY",
            measured.height, label=Text("期望损失合计", "Expected loss"), definition=_DEFINITION,
        ),
        "open_risks": Scalar(
            risks.filter(pl.col("events") > 0).height, "count", risks.height,
            label=Text("已发生的风险", "Risks that came true"), definition=_DEFINITION,
        ),
        "coverage": Scalar(
            with_data / risks.height, "rate", risks.height,
            label=Text("有数据的风险占比", "Share of risks with data"), definition=_DEFINITION,
        ),
    }  # fmt: skip


def _notes(risks: pl.DataFrame) -> tuple[Text, ...]:
    notes = []
    if missing := risks.filter(state="no_data").height:
        zh = f"{missing} 项风险没有数据，显示为灰色，不代表安全。"
        notes.append(Text(zh, f"Risks without data, shown grey, which is not safe: {missing}."))
    if unknown := risks.filter(state="no_loss").height:
        zh = f"{unknown} 项风险的单次损失不在文件里，没有计入合计。"
        notes.append(
            Text(zh, f"Risks whose loss the files do not show, not in the sum: {unknown}.")
        )
    return tuple(notes)
