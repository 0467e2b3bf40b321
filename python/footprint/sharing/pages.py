"""What a share link shows: one plain page without scripts, forms, settings or ways in.

Columns that name or quote a person are dropped and groups of fewer than five withheld, in frozen
reports too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

import polars as pl

from footprint.data import Data
from footprint.format import show
from footprint.questions import ask, questions
from footprint.result import Result, Scalar
from footprint.review import Brief, phrases
from footprint.review import brief as brief_of
from footprint.review.charts import chart
from footprint.review.columns import cell, title_of
from footprint.review.html import Titled, Written, page, scrolling, table, whole
from footprint.review.private import for_strangers, guarded_result
from footprint.scope import Scope
from footprint.sharing.links import Link, Target
from footprint.text import Lang, Text

if TYPE_CHECKING:
    from footprint.workspace import Workspace

_ROWS = 20


@dataclass(frozen=True, slots=True)
class Dress:
    """How an answer is put in words: titles of frames and columns, coded values, cells."""

    frame: Titled
    words: Callable[[pl.DataFrame, Lang], pl.DataFrame]
    column: Titled
    written: Callable[[pl.DataFrame], Written]


PLAIN = Dress(
    lambda name, _: name.replace("_", " "), lambda frame, _: frame, title_of, lambda _: cell
)
_LIVE = Text("实时页面，按现有数据 {version} 计算", "Live page, worked out from data {version}")
_SMALL = Text(
    "少于 5 人的分组和能认出个人的列没有显示。",
    "Groups of fewer than five and columns that could name a person are not shown.",
)
_MORE = Text("只显示前 {shown} 行，共 {total} 行。", "First {shown} of {total} rows.")
_N = Text("样本 {n}", "n = {n}")


def shared_page(workspace: Workspace, link: Link, dress: Dress = PLAIN) -> bytes:
    """The page of a link as HTML. Raises UsageError or DataMissing when its subject is gone."""
    target, lang = link.target, link.lang
    if target.kind == "question":
        return _question(workspace, target, lang, dress).encode()
    show_it = _report if target.kind == "report" else _brief
    return show_it(workspace, target, lang).encode()


def scope_of(target: Target, tz: str) -> Scope:
    """The period and slices a live link is bound to."""
    kept = target.scope
    start, end = (date.fromisoformat(kept[e]) if kept.get(e) else None for e in ("from", "to"))
    where = {column: tuple(values) for column, values in (kept.get("where") or {}).items()}
    return Scope(start, end, where, kept.get("tz") or tz)


def _report(workspace: Workspace, target: Target, lang: Lang) -> str:
    return page(for_strangers(workspace.review.frozen(target.id)), lang)


def _brief(workspace: Workspace, target: Target, lang: Lang) -> str:
    brief = _written(workspace.data(), target.id)
    return page(for_strangers(workspace.review.report(brief)), lang)


@lru_cache(maxsize=2)
def _written(data: Data, label: str) -> Brief:
    """The brief of a period; kept, because a link may be opened often."""
    return brief_of(data, label or None)


def _question(workspace: Workspace, target: Target, lang: Lang, dress: Dress) -> str:
    data = workspace.data()
    scope = scope_of(target, data.tz)
    result = guarded_result(ask(data, target.id, scope, target.params))
    title = questions()[target.id].title(lang)
    asked = target.scope.get("frames") or list(result.frames)
    body = "".join(
        (
            f'<h1>{escape(title)}</h1><p class="soft">{escape(_period(scope, lang))}</p>',
            _cards(result, lang),
            *(_frame(result, n, lang, scope.tz, dress) for n in asked if n in result.frames),
            _notes(result, lang),
        )
    )
    return whole(title, body, _LIVE(lang, version=data.version), lang)


def _period(scope: Scope, lang: Lang) -> str:
    from footprint.format import date as day

    slices = [f"{column}={','.join(values)}" for column, values in scope.where.items()]
    days = [phrases.BETWEEN(lang, low=day(scope.start, lang), high=day(scope.end, lang))]
    return " · ".join([*(days if scope.start or scope.end else []), *slices])


def _cards(result: Result, lang: Lang) -> str:
    cards = "".join(_card(name, scalar, lang) for name, scalar in result.scalars.items())
    return f'<div class="cards">{cards}</div>' if cards else ""


def _card(name: str, scalar: Scalar, lang: Lang) -> str:
    label = scalar.label(lang) if scalar.label else name
    hint = escape(scalar.definition(lang) if scalar.definition else "", quote=True)
    n = "" if scalar.n is None else _N(lang, n=scalar.n)
    if scalar.low is not None and scalar.high is not None:
        ends = (show(end, scalar.unit, lang) for end in (scalar.low, scalar.high))
        n = f"{n} · {phrases.BETWEEN(lang, **dict(zip(('low', 'high'), ends, strict=True)))}"
    return (
        f'<div class="card" title="{hint}"><span class="soft">{escape(label)}</span>'
        f"<b>{escape(show(scalar.value, scalar.unit, lang))}</b>"
        f'<span class="soft">{escape(n)}</span></div>'
    )


def _frame(result: Result, name: str, lang: Lang, tz: str, dress: Dress) -> str:
    frame = result.frames[name]
    if frame.is_empty():
        return ""
    title = escape(dress.frame(name, lang), quote=True)
    shown = dress.words(frame, lang)
    listed = scrolling(
        table(shown.head(_ROWS), lang, tz, dress.column, dress.written(shown)), title
    )
    more = ""
    if shown.height > _ROWS:
        more = f'<p class="soft">{escape(_MORE(lang, shown=_ROWS, total=shown.height))}</p>'
    return f"<h2>{title}</h2>{chart(frame, lang, tz)}{listed}{more}"


def _notes(result: Result, lang: Lang) -> str:
    lines = [*(note(lang) for note in result.notes), _SMALL(lang)]
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
