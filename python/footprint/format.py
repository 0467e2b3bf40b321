"""How a number is written for a person, in both languages: the only place that formats one.

All functions take the value first and the language last, return words, and write a missing or
non-finite value as ``—``. Rates are 0..1, ``pp`` is percentage points (1.3 = 1.3 points), money is
CNY. Locale rules (grouping, 万, months) come from Babel.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal, format_decimal

from footprint.text import Lang, Text

MISSING = "—"
_LOCALES: dict[Lang, Locale] = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en")}
_DURATIONS = (
    (86400, Text("{n} 天", "{n} d")),
    (3600, Text("{n} 小时", "{n} h")),
    (60, Text("{n} 分钟", "{n} min")),
    (1, Text("{n} 秒", "{n} s")),
)
_POINTS = Text("{n} 个百分点", "{n} points")
_TIMES = Text("{n} 倍", "{n}×")
_DAYS = Text("{n} 天", "{n} days")
_YES, _NO = Text("是", "yes"), Text("否", "no")
_MOST_SURE = 0.99  # nothing measured is certain
_PER_1000 = Text("每千条 {n} 条", "{n} per 1,000")


def number(value: float | int | None, lang: Lang, decimals: int | None = None) -> str:
    """``1,234`` or ``12.35``; ``decimals`` None keeps at most two and drops trailing zeros."""
    if not _known(value):
        return MISSING
    digits = "." + "0" * decimals if decimals else "" if decimals == 0 else ".##"
    return format_decimal(_clean(value, 2 if decimals is None else decimals),
                          format=f"#,##0{digits}", locale=_LOCALES[lang])  # fmt: skip


def money(value: float | None, lang: Lang, decimals: int | None = None) -> str:
    """``¥1,234``; cents are written below ¥1,000 when there are any."""
    if not _known(value):
        return MISSING
    if decimals is None:
        decimals = 0 if abs(value) >= 1000 or float(value).is_integer() else 2
    return _signed_prefix(value, number(abs(value), lang, decimals), "¥")


def money_compact(value: float | None, lang: Lang) -> str:
    """``¥123.5万`` in Chinese, ``¥1.2M`` in English."""
    return MISSING if not _known(value) else _signed_prefix(value, compact(abs(value), lang), "¥")


def compact(value: float | None, lang: Lang) -> str:
    """``123.5万`` in Chinese, ``1.2M`` in English."""
    if not _known(value):
        return MISSING
    return format_compact_decimal(_clean(value, 1), locale=_LOCALES[lang], fraction_digits=1)


def percent(rate: float | None, lang: Lang, decimals: int | None = None) -> str:
    """A rate 0..1 as ``12.3%``; below 10 % two decimals are kept, trailing zeros dropped."""
    if not _known(rate):
        return MISSING
    if decimals is None:
        decimals = 2 if abs(rate) < 0.1 else 1
        return f"{number(round(rate * 100, decimals), lang)}%"
    return f"{number(rate * 100, lang, decimals)}%"


def points(value: float | None, lang: Lang) -> str:
    """A difference of rates in percentage points, signed: ``+1.31 points``."""
    return (
        MISSING
        if not _known(value)
        else _POINTS(lang, n=_plus(round(value, 2)) + number(value, lang))
    )


def delta(change: float | None, lang: Lang) -> str:
    """A relative change 0.12 as ``+12%``."""
    return MISSING if not _known(change) else _plus(round(change, 4)) + percent(change, lang)


def times(ratio: float | None, lang: Lang) -> str:
    """A ratio as ``2.3×``."""
    return MISSING if not _known(ratio) else _TIMES(lang, n=number(ratio, lang))


def confidence(value: float, lang: Lang) -> str:
    """How sure a finding is, as a percentage; never more than 99 %."""
    return percent(min(value, _MOST_SURE), lang, 0)


def p_value(p: float | None, lang: Lang) -> str:
    """A p-value: ``0.012`` or ``<0.001``."""
    if not _known(p):
        return MISSING
    return "<0.001" if p < 0.001 else number(p, lang, 3)


def date(day: dt.date | None, lang: Lang) -> str:
    """``2026年11月9日`` or ``Nov 9, 2026``."""
    return MISSING if day is None else format_date(day, "medium", locale=_LOCALES[lang])


def clock(moment: dt.datetime | None, lang: Lang, tz: str) -> str:
    """Day and time in the shop's zone, to the minute."""
    if moment is None:
        return MISSING
    pattern = "y年M月d日 HH:mm" if lang == "zh" else "MMM d, y, HH:mm"
    return format_datetime(moment.astimezone(ZoneInfo(tz)), pattern, locale=_LOCALES[lang])


def duration(seconds: float | None, lang: Lang) -> str:
    """A span in its largest fitting unit: ``3 s``, ``95 min``, ``24 h``, ``3 d``."""
    if not _known(seconds):
        return MISSING
    size, words = next(
        ((size, words) for size, words in _DURATIONS if abs(seconds) >= 2 * size or size == 1)
    )
    return words(lang, n=number(round(seconds / size, 1), lang))


def show(value: float | int | str | dt.date | Text | None, unit: str, lang: Lang) -> str:
    """A value of a ``Scalar`` or frame in the way of its unit (see ``footprint.result.Scalar``)."""
    if isinstance(value, Text):
        return value(lang)
    if isinstance(value, bool):
        return (_YES if value else _NO)(lang)
    if isinstance(value, dt.date):
        return date(value, lang)
    if isinstance(value, str) or value is None:
        return value or MISSING
    write = _BY_UNIT.get(unit)
    return write(value, lang) if write else number(value, lang)


def sentence(template: Text, **values: Text | str | tuple[Any, str]) -> Text:
    """A declared template filled in both languages: ``(value, unit)`` is written by ``show``.

    >>> sentence(Text("占 {s}", "a share of {s}"), s=(0.31, "rate"))("en")
    'a share of 31%'
    """

    def words(lang: Lang) -> str:
        parts = {name: _written(value, lang) for name, value in values.items()}
        return template(lang, **parts)

    return Text(words("zh"), words("en"))


def _written(value: Text | str | tuple[Any, str], lang: Lang) -> str:
    if isinstance(value, tuple):
        return show(value[0], value[1], lang)
    return value(lang) if isinstance(value, Text) else value


_BY_UNIT: dict[str, Callable[[Any, Lang], str]] = {
    "count": lambda value, lang: number(value, lang, 0 if abs(value) >= 100 else None),
    "CNY": money,
    "rate": percent,
    "pp": points,
    "x": times,
    "s": duration,
    "p": p_value,
    "change": delta,
    "d": lambda value, lang: _DAYS(lang, n=number(value, lang)),
    "per_1000": lambda value, lang: _PER_1000(lang, n=number(value, lang)),
}


def _known(value: float | int | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _clean(value: float | int, decimals: int) -> float | int:
    """Binary dust and minus zero removed, so that equal numbers are written equally."""
    return round(value, decimals) + 0 if isinstance(value, float) else value


def _plus(value: float) -> str:
    return "+" if value > 0 else ""


def _signed_prefix(value: float, words: str, sign: str) -> str:
    return f"-{sign}{words}" if value < 0 else f"{sign}{words}"
