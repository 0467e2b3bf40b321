"""C1: the risk matrix. Click a cell, read its risks, their evidence and what to do."""

from __future__ import annotations

from html import escape
from typing import Any

import polars as pl
import streamlit as st
from footprint import format as fmt
from footprint.result import Result
from footprint.scope import Scope
from footprint.text import Lang, Text

from app import data, nav, state
from app.ui import cards, controls, labels, markup, present
from app.ui.charts import grids
from app.ui.section import fragment, guarded, section

_TITLE = Text("风险矩阵", "Risk matrix")
_LEAD = Text(
    "先算预期损失＝可能性×一次损失，矩阵只是它的视图：每格印出界线。点一个格子，看里面的风险"
    "和依据。",
    "Expected loss = probability × loss comes first; the matrix is a view of it with printed "
    "bounds. "
    "Click a cell to read its risks and their evidence.",
)
_SCORE = Text("看哪一种", "Score")
_SCORES = {
    "inherent": Text("未处置", "Inherent"),
    "current": Text("当前", "Current"),
    "residual": Text("处置后（假设）", "Residual (assumed)"),
}
_P = Text("一次机会里发生的可能", "Probability per occasion")
_LOSS = Text("一次损失", "Loss each time")
_CELL = Text("格子（键盘可选）", "Cell (by keyboard)")
_ALL = Text("全部风险", "All risks")
_CELL_WORDS = Text("可能 {p} · 损失 {loss} · {n} 个风险", "p {p} · loss {loss} · {n} risks")
_EVIDENCE = Text("看依据", "Evidence")
_SUGGEST = Text("建议", "Suggestion")
_SHOWN = 3
_MORE = Text("还有 {n} 个风险", "{n} more risks")
_EMPTY = Text("这一格没有风险。", "No risk in this cell.")
_EL = Text("预期损失", "Expected loss")
_P_LINE = Text(
    "每{unit}可能性 {p}（{low} ～ {high}），{events} 次 / {n}",
    "Probability per {unit} {p} ({low} – {high}), {events} of {n}",
)
_LOSS_LINE = Text("每次损失 {loss}：{basis}", "Loss each time {loss}: {basis}")
_UNKNOWN_LOSS = Text("损失未知，不计入合计", "Loss unknown, not in the sum")
_NOBODY = Text("未指定", "nobody yet")
_ASSUMED = Text("效果为假设，有了前后数据再核实", "the effect is assumed until measured")
_META = Text(
    "{area} · {treatment} · 负责人 {owner} · 复核 {review}",
    "{area} · {treatment} · owner {owner} · review {review}",
)


def risks(scope: Scope, lang: Lang) -> None:
    """The matrix with its list of risks."""
    with section("matrix", lang, _TITLE, _LEAD):
        _matrix(scope, lang)


@fragment
def _matrix(scope: Scope, lang: Lang) -> None:
    score = controls.segments(
        _SCORE(lang),
        tuple(_SCORES),
        "risk-score",
        lang,
        default="current",
        words=lambda code: _SCORES[code](lang),
    )
    result = data.ask("risk_matrix", scope, score=score)
    cards.scalars(result.scalars, tuple(result.scalars), lang)
    cells = _cells(result, lang)
    left, right = st.columns([5, 4], gap="large")
    with left:
        cell = _pick(cells, result, score, lang)
    with right:
        _list(result, cell, score, lang)
    markup.notes([note(lang) for note in result.notes])
    present.tools(
        "matrix",
        lang,
        result,
        lambda: grids.matrix(cells, lang, present.mode(), (_P(lang), _LOSS(lang)), cell),
    )


def _cells(result: Result, lang: Lang) -> pl.DataFrame:
    """The 25 cells with their bounds in words and the names of their risks."""
    risks = labels.localised(result.frames["risks"], lang)
    names = dict(risks.select("risk_id", "name").iter_rows())
    rows = [
        {
            "x": row["x"],
            "y": row["y"],
            "risks": len(row["risks"]),
            "p_words": f"{fmt.percent(row['p_low'], lang)} –|{fmt.percent(row['p_high'], lang)}",
            "loss_words": _span(row["loss_low"], row["loss_high"], lang),
            "cell": f"{row['x']}-{row['y']}",
            "level": min(5, max(1, (row["x"] + row["y"]) // 2)),
            "names": labels.joined((names[id] for id in row["risks"]), lang) or _EMPTY(lang),
        }
        for row in result.frames["cells"].to_dicts()
    ]
    return pl.DataFrame(rows)


def _span(low: float | None, high: float | None, lang: Lang) -> str:
    if high is None:
        return f"≥ {fmt.money_compact(low, lang)}"
    if not low:
        return f"< {fmt.money_compact(high, lang)}"
    return f"{fmt.money_compact(low, lang)} – {fmt.money_compact(high, lang)}"


def _pick(cells: pl.DataFrame, result: Result, score: str, lang: Lang) -> str | None:
    """The chosen cell: clicked on the chart or chosen from the list; the later wins."""
    chosen = st.session_state.get("risk-cell")
    event = present.chart(
        lambda: grids.matrix(cells, lang, present.mode(), (_P(lang), _LOSS(lang)), chosen),
        f"matrix-{score}",
        _TITLE(lang),
        result,
        lang,
        chosen,
        on_select="rerun",
    )
    clicked = _clicked(event)
    if clicked and clicked != st.session_state.get("risk-clicked"):
        st.session_state["risk-clicked"] = st.session_state["risk-cell"] = clicked
        st.rerun(scope="fragment")
    filled = cells.filter(pl.col("risks") > 0).sort("y", "x", descending=True)
    options = ["", *filled["cell"].to_list()]
    if chosen and chosen not in options:
        options.append(chosen)
    words = {row["cell"]: _cell_words(row, lang) for row in cells.to_dicts()}
    key = f"risk-list-{score}-{chosen or 'all'}-{lang}"
    st.selectbox(
        _CELL(lang),
        options,
        index=options.index(chosen or ""),
        key=key,
        format_func=lambda cell: words.get(cell, _ALL(lang)),
        on_change=_listed,
        args=(key,),
    )
    return chosen


def _listed(key: str) -> None:
    st.session_state["risk-cell"] = st.session_state[key] or None


def _clicked(event: Any) -> str | None:
    picked = (event or {}).get("selection", {}).get("cell") or []
    return str(picked[0]["cell"]) if picked and "cell" in picked[0] else None


def _cell_words(row: dict[str, Any], lang: Lang) -> str:
    return _CELL_WORDS(
        lang, p=row["p_words"].replace("|", " "), loss=row["loss_words"], n=row["risks"]
    )


def _list(result: Result, cell: str | None, score: str, lang: Lang) -> None:
    """The risks of the chosen cell, or the costliest of all."""
    frame = labels.localised(result.frames["risks"], lang)
    frame = frame.sort(score, descending=True, nulls_last=True)
    if cell:
        x, y = (int(part) for part in cell.split("-"))
        frame = frame.filter((pl.col("cell_x") == x) & (pl.col("cell_y") == y))
    if frame.is_empty():
        markup.notes([_EMPTY(lang)])
    for row in frame.head(_SHOWN).to_dicts():
        _risk(row, score, lang)
    if frame.height > _SHOWN:
        with st.expander(_MORE(lang, n=frame.height - _SHOWN)):
            for row in frame.tail(-_SHOWN).to_dicts():
                _risk(row, score, lang)


def _risk(row: dict[str, Any], score: str, lang: Lang) -> None:
    with st.container(border=True, key=f"card-risk-{row['risk_id']}", gap="xsmall"):
        markup.show(_risk_html(row, score, lang))
        with guarded(lang, f"risk-{row['risk_id']}"):
            nav.link(
                "ASK",
                _EVIDENCE(lang),
                lang,
                state.query() | {"q": row["evidence_question"]},
                icon=":material/query_stats:",
            )


def _risk_html(row: dict[str, Any], score: str, lang: Lang) -> str:
    value = row[score]
    shown = _UNKNOWN_LOSS(lang) if value is None else cards.figure(value, "CNY", lang)
    long = " words" if value is None else ""
    lines = [_EL(lang)]
    if score == "current" and value is not None:
        lines += cards.evidence("CNY", None, row["el_low"], row["el_high"], lang)
    if score == "residual" and row["effect_source"] == "assumed":
        lines.append(_ASSUMED(lang))
    p = _P_LINE(
        lang,
        unit=row["unit"],
        p=fmt.percent(row["likelihood"], lang),
        low=fmt.percent(row["likelihood_low"], lang),
        high=fmt.percent(row["likelihood_high"], lang),
        events=fmt.number(row["events"], lang),
        n=fmt.number(row["opportunities"], lang),
    )
    loss = _LOSS_LINE(lang, loss=fmt.money(row["loss"], lang), basis=row["loss_basis"] or "")
    meta = _META(
        lang,
        area=labels.value(row["area"], lang),
        treatment=labels.value(row["treatment"], lang),
        owner=row["owner"] or _NOBODY(lang),
        review=fmt.date(row["review_date"], lang) if row["review_date"] else _NOBODY(lang),
    )
    details = [p, *([loss] if row["loss"] is not None else []), meta]
    body = "".join(f'<div class="fp-card-line">{escape(line)}</div>' for line in details)
    return (
        f'<div class="fp-risk"><b>{escape(row["name"])}</b>'
        f'<div class="fp-risk-top"><span class="fp-card-value{long}">{escape(shown)}</span> '
        f'<span class="fp-card-line">{escape(" · ".join(lines))}</span></div>{body}'
        f'<div class="fp-card-line"><b>{escape(_SUGGEST(lang))}</b> '
        f"{escape(row['treatment_text'] or '')}</div></div>"
    )
