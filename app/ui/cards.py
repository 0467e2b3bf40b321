"""Number cards: value, change, target, status, sample size, interval, definition, course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from math import ceil

from footprint import format as fmt
from footprint.result import Scalar
from footprint.text import Lang, Text

from app.ui import labels, markup, tokens

_N = Text("样本 {n}", "n = {n}")
_INTERVAL = Text("95% 区间 {low} ～ {high}", "95% interval {low} – {high}")
_TARGET = Text("目标 {value}", "Target {value}")
_VS = Text("比上期", "vs previous")
_MET, _MISSED = Text("达标", "On target"), Text("未达标", "Off target")
_SPARK = Text("{label}的走势", "Course of {label}")
_LONG = 8
_SIGN = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
# Status of an answer -> colour of the card's upper edge; only targets and rules colour.
STATUS_COLOURS = {
    "met": "green",
    "achieved": "green",
    "ok": "green",
    "on": "green",
    "on_pace": "green",
    "green": "green",
    "missed": "red",
    "red": "red",
    "alert": "red",
    "behind": "yellow",
    "yellow": "yellow",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One number with everything printed beside it; words are already in the language shown."""

    label: str
    value: str
    definition: str = ""
    change: str = ""
    good: bool | None = None
    target: str = ""
    status: str = ""
    status_words: str = ""
    lines: Sequence[str] = ()
    course: Sequence[float | None] = field(default_factory=tuple)
    words: bool = False

    def html(self, lang: Lang) -> str:
        """The card as escaped HTML."""
        colour = STATUS_COLOURS.get(self.status, "")
        words = " words" if self.words else " long" if len(self.value) > _LONG else ""
        parts = [
            f'<div class="fp-card {colour}"><div class="fp-card-label"><span>{escape(self.label)}'
            f"</span>{markup.tip(self.definition, lang)}</div>",
            f'<div class="fp-card-value{words}">{escape(self.value)}</div>',
            self._change(lang),
            markup.sparkline(
                self.course, _SPARK(lang, label=self.label), tokens.STATUS.get(colour, tokens.MARK)
            ),
            '<div class="fp-end">',
            self._target(colour),
        ]
        parts += [f'<div class="fp-card-line">{escape(line)}</div>' for line in self.lines]
        return "".join(parts) + "</div></div>"

    def _change(self, lang: Lang) -> str:
        if not self.change:
            return ""
        flat = not any(digit in self.change for digit in "123456789")
        css = {True: "fp-good", False: "fp-bad", None: "fp-flat"}[None if flat else self.good]
        arrow = "●" if flat else "▼" if self.change.startswith("-") else "▲"
        return (
            f'<div class="fp-card-line"><span class="{css}">'
            f'<span aria-hidden="true">{arrow}</span> '
            f"{escape(self.change)}</span> {escape(_VS(lang))}</div>"
        )

    def _target(self, colour: str) -> str:
        if not self.target:
            return ""
        state = markup.badge(colour or "grey", self.status_words) if self.status_words else ""
        return f'<div class="fp-card-line">{escape(self.target)} {state}</div>'


def grid(cards: Sequence[Card], lang: Lang) -> None:
    """Cards side by side, as many per row as fit."""
    if cards:
        body = "".join(card.html(lang) for card in cards)
        markup.show(f'<div class="fp-grid" style="--cols:{_columns(len(cards))}">{body}</div>')


def _columns(count: int) -> int:
    """Cards per row at most, so that rows are even: eight stand as four and four."""
    return max(4, ceil(count / ceil(count / 6)))


def from_scalar(name: str, scalar: Scalar, lang: Lang, course: Sequence[float] = ()) -> Card:
    """A card of one number of an answer."""
    value = scalar.value
    words = isinstance(value, str)
    return Card(
        label=scalar.label(lang) if scalar.label else labels.column(name, lang),
        value=labels.value(value, lang)
        if isinstance(value, str)
        else figure(value, scalar.unit, lang),
        definition=scalar.definition(lang) if scalar.definition else "",
        lines=evidence(scalar.unit, scalar.n, scalar.low, scalar.high, lang),
        course=course,
        words=words,
    )


def scalars(found: Mapping[str, Scalar], names: Sequence[str], lang: Lang) -> None:
    """Cards of the named numbers that the answer holds."""
    grid([from_scalar(name, found[name], lang) for name in names if name in found], lang)


def figure(value: float | None, unit: str, lang: Lang) -> str:
    """A number in its unit; big money is shortened."""
    if unit == "CNY" and isinstance(value, int | float) and abs(value) >= 1e5:
        return fmt.money_compact(value, lang)
    return fmt.show(value, unit, lang)


def evidence(
    unit: str, n: int | None, low: float | None, high: float | None, lang: Lang
) -> list[str]:
    """Sample size and interval as lines."""
    lines = []
    if low is not None and high is not None:
        lines.append(_INTERVAL(lang, low=figure(low, unit, lang), high=figure(high, unit, lang)))
    if n is not None:
        lines.append(_N(lang, n=fmt.number(n, lang, 0)))
    return lines


def target_line(value: float | None, unit: str, direction: str, lang: Lang) -> str:
    """``Target ≥ 60%``; empty without a target."""
    if value is None:
        return ""
    sign = _SIGN.get(direction, "")
    return _TARGET(lang, value=f"{sign} {figure(value, unit, lang)}".strip())


def status_words(status: str | None, lang: Lang) -> str:
    """Words for a status; met and missed have their own."""
    if status in ("met", "green"):
        return _MET(lang)
    if status in ("missed", "red"):
        return _MISSED(lang)
    return labels.value(status, lang) if status else ""
