"""Names and units of the columns that evidence tables show."""

from __future__ import annotations

from typing import Any

import polars as pl

from footprint.format import show
from footprint.schema import TABLES
from footprint.text import Lang, Text

_KNOWN: dict[str, tuple[Text, str]] = {
    "week": (Text("周", "Week"), "text"),
    "amount": (Text("金额", "Amount"), "CNY"),
    "share": (Text("占比", "Share"), "rate"),
    "plan": (Text("计划", "Plan"), "rate"),
    "limit": (Text("警戒线", "Limit"), "rate"),
    "bound": (Text("警戒线", "Bound"), "rate"),
    "profit": (Text("利润", "Profit"), "CNY"),
    "gmv": (Text("成交额", "Sales"), "CNY"),
    "gmv_share": (Text("成交占比", "Share of sales"), "rate"),
    "profit_share": (Text("利润占比", "Share of profit"), "rate"),
    "margin": (Text("利润率", "Margin"), "rate"),
    "group": (Text("对象", "Subject"), "text"),
    "host": (Text("主播", "Host"), "text"),
    "n": (Text("样本", "Sample"), "count"),
    "value": (Text("数值", "Value"), "number"),
    "rate": (Text("比率", "Rate"), "rate"),
    "low": (Text("区间下限", "Low"), "rate"),
    "high": (Text("区间上限", "High"), "rate"),
    "complaints": (Text("投诉", "Complaints"), "count"),
    "orders": (Text("订单", "Orders"), "count"),
    "returns": (Text("退货", "Returns"), "count"),
    "return_rate": (Text("退货率", "Return rate"), "rate"),
    "baseline": (Text("同类平均", "Usual"), "rate"),
    "claim_hits": (Text("夸大用词", "Claims"), "count"),
    "terms": (Text("用词", "Terms"), "text"),
    "state": (Text("状态", "State"), "text"),
    "z": (Text("偏离（标准差）", "Distance (sd)"), "number"),
    "latency_s": (Text("延迟（秒）", "Latency (s)"), "number"),
    "minutes": (Text("分钟数", "Minutes"), "count"),
    "exits": (Text("离开人数", "Exits"), "count"),
    "viewers": (Text("观看人数", "Viewers"), "count"),
    "comments": (Text("评论数", "Comments"), "count"),
    "hits": (Text("命中", "Hits"), "count"),
    "window_start": (Text("时段开始", "Window from"), "text"),
    "example": (Text("原话", "Example"), "text"),
    "term": (Text("用词", "Term"), "text"),
    "colour": (Text("级别", "Level"), "text"),
    "deadline": (Text("处理期限", "Deadline"), "text"),
    "place": (Text("地点", "Place"), "text"),
    "jaccard": (Text("重合度", "Overlap"), "rate"),
}
_STATES = {
    "alert": Text("预警", "alert"),
    "ok": Text("正常", "ok"),
    "low_n": Text("样本不足", "too few"),
    "red": Text("红", "red"),
    "yellow": Text("黄", "yellow"),
}


def title_of(column: str, lang: Lang) -> str:
    """What a column of evidence is called."""
    if column in _KNOWN:
        return _KNOWN[column][0](lang)
    for table in TABLES.values():
        for known in table.columns:
            if known.name == column:
                return known.title(lang)
    return column.replace("_", " ")


def cell(column: str, value: Any, lang: Lang, tz: str) -> str:
    """One value of evidence in words."""
    from datetime import datetime

    from footprint.format import clock

    if isinstance(value, datetime):
        return clock(value, lang, tz)
    if isinstance(value, list):
        return "、".join(map(str, value)) if lang == "zh" else ", ".join(map(str, value))
    if isinstance(value, str):
        return _STATES[value](lang) if value in _STATES else value
    return show(value, _unit(column, value), lang)


def unit_of(column: str) -> str:
    """The unit of a column of evidence, ``number`` when nobody declared one."""
    return _KNOWN.get(column, (None, "number"))[1]


def is_rate(column: str, frame: pl.DataFrame) -> bool:
    """Whether a number column holds rates: by its name, or ``value`` between 0 and 1."""
    if column == "value":
        highest = frame[column].max()
        return isinstance(highest, int | float) and abs(highest) <= 1
    return _KNOWN.get(column, (None, ""))[1] == "rate"


def _unit(column: str, value: Any) -> str:
    unit = _KNOWN.get(column, (None, "number"))[1]
    if column in ("value", "mean", "sd") and isinstance(value, float) and abs(value) <= 1:
        return "rate"
    return "number" if unit == "text" else unit
