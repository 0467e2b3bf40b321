"""W2: targets, thresholds and rules, editable; the time zone of the shop."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st
from footprint import format as fmt
from footprint.settings import Setting
from footprint.text import Lang, Text

from app import data
from app.ui.section import fragment, section

_TITLE = Text("目标、界线、规则", "Targets, thresholds, rules")
_LEAD = Text(
    "只有这三种数会让指标变色或触发预警。改了的会标出来，可以恢复。百分比按 % 填。",
    "Only these three kinds colour a metric or raise an alert. Edited ones are marked and "
    "can be reset.",
)
_KINDS = {
    "target": Text("目标", "Targets"),
    "threshold": Text("界线", "Thresholds"),
    "rule": Text("规则", "Rules"),
}
_FIND = Text("找一项", "Find one")
_NAME, _VALUE = Text("名称", "Name"), Text("数值", "Value")
_UNIT, _DEFAULT = Text("单位", "Unit"), Text("默认", "Default")
_SECTION, _SOURCE = Text("出处", "Section"), Text("来源", "Source")
_EDITED = Text("已改", "Edited")
_PLAN, _OURS = Text("运营计划", "Operations plan"), Text("我们的默认", "Our default")
_RESET = Text("恢复默认：{name}", "Reset {name}")
_SAVED = Text("已保存：{name} = {value}", "Saved: {name} = {value}")
_ZONE = Text("店铺时区", "Shop time zone")
_ZONE_LEAD = Text("日、周、月都按这个时区切。", "Days, weeks and months are cut in this zone.")
_UNITS = {"rate": "%", "CNY": "¥"}
_ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Bangkok",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)


def show(lang: Lang) -> None:
    """The editor, by kind, then the time zone."""
    with section("settings", lang, _TITLE, _LEAD):
        _editor(lang)
    with section("zone", lang, _ZONE, _ZONE_LEAD):
        _zone(lang)


@fragment
def _editor(lang: Lang) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            _KINDS["target"](lang),
            list(_KINDS),
            default="target",
            required=True,
            key=f"setting-kind-{lang}",
            format_func=lambda code: _KINDS[code](lang),
            label_visibility="collapsed",
        )
        find = st.text_input(
            _FIND(lang),
            key=f"setting-find-{lang}",
            placeholder=_FIND(lang),
            label_visibility="collapsed",
            width=240,
        )
    settings = data.current().settings
    chosen = [
        s
        for s in settings
        if s.kind == kind and s.key not in ("tz", "language") and _matches(s, find)
    ]
    frame = pl.DataFrame([_row(s, lang) for s in chosen], infer_schema_length=None)
    if frame.is_empty():
        return
    key = f"settings-{kind}-{find}-{settings.fingerprint}-{lang}"
    edited = st.data_editor(
        frame,
        key=key,
        hide_index=True,
        disabled=[c for c in frame.columns if c != "value"],
        column_config={
            "key": None,
            "name": st.column_config.TextColumn(_NAME(lang), width="large"),
            "value": st.column_config.TextColumn(_VALUE(lang)),
            "unit": st.column_config.Column(_UNIT(lang)),
            "default": st.column_config.Column(_DEFAULT(lang)),
            "edited": st.column_config.CheckboxColumn(_EDITED(lang)),
            "section": st.column_config.Column(_SECTION(lang)),
            "source": st.column_config.Column(_SOURCE(lang)),
        },
    )
    for before, after in zip(frame.to_dicts(), edited.to_dicts(), strict=True):
        if before["value"] != after["value"]:
            _save(before["key"], after["value"], lang)
    _resets([s for s in chosen if s.edited], lang)


def _row(setting: Setting, lang: Lang) -> dict[str, Any]:
    return {
        "key": setting.key,
        "name": setting.label(lang),
        "value": _written(setting.value, setting.unit),
        "unit": _UNITS.get(setting.unit, setting.unit),
        "default": _written(setting.default, setting.unit),
        "edited": setting.edited,
        "section": setting.section,
        "source": (_PLAN if setting.source == "plan" else _OURS)(lang),
    }


def _written(value: Any, unit: str) -> str:
    if isinstance(value, list):
        return ", ".join(_written(item, unit) for item in value)
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value * 100:g}%" if unit == "rate" else f"{value:.10g}"


def _matches(setting: Setting, find: str) -> bool:
    words = find.strip().lower()
    return not words or words in f"{setting.key} {setting.label.zh} {setting.label.en}".lower()


def _save(key: str, raw: str, lang: Lang) -> None:
    data.workspace().set_setting(key, raw)
    setting = data.workspace().settings.get(key)
    value = (
        fmt.show(setting.value, setting.unit, lang) if not isinstance(setting.value, list) else raw
    )
    st.toast(_SAVED(lang, name=setting.label(lang), value=value), icon=":material/check:")
    st.rerun()


def _resets(edited: list[Setting], lang: Lang) -> None:
    with st.container(horizontal=True, gap="small"):
        for setting in edited:
            if st.button(
                _RESET(lang, name=setting.label(lang)),
                key=f"reset-{setting.key}-{lang}",
                icon=":material/restart_alt:",
                type="tertiary",
            ):
                data.workspace().reset_setting(setting.key)
                st.rerun()


def _zone(lang: Lang) -> None:
    now = data.current().tz
    options = [*_ZONES, *([now] if now not in _ZONES else [])]
    key = f"zone-{now}-{lang}"
    st.selectbox(
        _ZONE(lang),
        options,
        index=options.index(now),
        key=key,
        label_visibility="collapsed",
        width=260,
        on_change=_zoned,
        args=(key,),
    )


def _zoned(key: str) -> None:
    data.workspace().set_setting("tz", st.session_state[key])
