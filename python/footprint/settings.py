"""Targets, thresholds and rules of the operations plan, editable, in canonical units.

Only these three kinds may colour a number or raise an alert; cases, baselines and context of the
plan are grey reference marks (``Settings.reference``). The numbers live in ``numbers.toml`` (the
plan) and ``settings_own.toml`` (defaults of ours where the plan names none).
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from footprint.errors import UsageError, unknown
from footprint.text import Text

Value = float | str | list[float] | list[str] | None
Source = Literal["plan", "own"]
SETTING_KINDS = ("target", "threshold", "rule")

# Unit of the plan -> canonical unit and factor. Units not listed stay as they are named.
_UNITS: dict[str, tuple[str, float]] = {
    "pct": ("rate", 0.01),
    "pct_budget": ("rate", 0.01),
    "pct_revenue": ("rate", 0.01),
    "cny": ("CNY", 1.0),
    "1e4cny": ("CNY", 1e4),
    "1e8cny": ("CNY", 1e8),
    "1e12cny": ("CNY", 1e12),
    "1e4n": ("count", 1e4),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One number of the plan (or of ours, ``source`` "own") in canonical ``unit``.

    ``value`` is None where the plan names a rule without its number. ``direction`` is ge, le, gt,
    lt, eq, range or delta; ``section`` is where the plan names it.
    """

    key: str
    value: Value
    unit: str
    direction: str
    kind: str
    section: str
    label: Text
    default: Value
    edited: bool = False
    source: Source = "plan"
    note: str = ""

    def parse(self, raw: Any) -> Value:
        """A typed or stored value in this setting's type; UsageError when it cannot be one.

        Text may carry % for rates and 万 for money; lists are written with commas.
        """
        try:
            return self._convert(raw)
        except (TypeError, ValueError) as error:
            raise UsageError(
                Text(f"“{self.label.zh}”不能是“{raw}”", f"“{self.label.en}” cannot be “{raw}”"),
                Text(f"单位是 {self.unit}。", f"Its unit is {self.unit}."),
            ) from error

    def _convert(self, raw: Any) -> Value:
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        if isinstance(self.default, list):
            parts = raw.split(",") if isinstance(raw, str) else list(raw)
            texts = self.default and isinstance(self.default[0], str)
            return [str(p).strip() for p in parts] if texts else [_number(p) for p in parts]
        return str(raw).strip() if self.unit == "text" else _number(raw)


class Settings:
    """All settings of one state of a workspace. Immutable; ``with_`` gives an edited copy."""

    def __init__(self, edits: Mapping[str, Any] | None = None) -> None:
        """``edits``: values in canonical units that differ from the defaults."""
        self._edits: dict[str, Value] = {}
        for key, raw in (edits or {}).items():
            value = self._default(key).parse(raw)
            check = _CHECKS.get(key)
            if check and not check(value):
                raise self._refuse(key, raw)
            if value != self._default(key).default:
                self._edits[key] = value

    def value(self, key: str) -> Any:
        """The value in force, in canonical units: rates 0..1, CNY, min, h, d, s."""
        return self.get(key).value

    def get(self, key: str) -> Setting:
        """The setting with its unit, direction, label and whether it was edited."""
        setting = self._default(key)
        if key in self._edits:
            return replace(setting, value=self._edits[key], edited=True)
        return setting

    def with_(self, **edits: Any) -> Settings:
        """A copy with these values. Raises UsageError for unknown keys and wrong values."""
        return Settings({**self._edits, **edits})

    def without(self, *keys: str) -> Settings:
        """A copy with these keys back at their defaults. Raises UsageError for unknown keys."""
        for key in keys:
            self._default(key)
        return Settings({k: v for k, v in self._edits.items() if k not in keys})

    def reference(self, key: str) -> Setting:
        """A case, baseline or context number of the plan: for grey marks only, never to judge."""
        if key not in _references():
            raise unknown("reference", "参考值", key, _references())
        return _references()[key]

    @property
    def edits(self) -> dict[str, Value]:
        """What differs from the defaults, canonical units."""
        return dict(self._edits)

    @property
    def fingerprint(self) -> str:
        """Short hash of every value in force; part of the data version."""
        values = {setting.key: setting.value for setting in self}
        text = json.dumps(values, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def __iter__(self) -> Iterator[Setting]:
        return (self.get(key) for key in _defaults())

    def _default(self, key: str) -> Setting:
        if key not in _defaults():
            raise unknown("setting", "设置项", key, _defaults())
        return _defaults()[key]

    def _refuse(self, key: str, raw: Any) -> UsageError:
        label = self._default(key).label
        return UsageError(
            Text(f"“{label.zh}”不能是“{raw}”", f"“{label.en}” cannot be “{raw}”"),
            _HINTS[key],
        )


def _number(raw: Any) -> float:
    if isinstance(raw, bool):
        raise TypeError("a yes/no value is not a number")
    if not isinstance(raw, str):
        return float(raw)
    text = raw.strip().replace(",", "")
    for ending, factor in (("%", 0.01), ("％", 0.01), ("万", 1e4), ("亿", 1e8)):
        if text.endswith(ending):
            return round(float(text.removesuffix(ending)) * factor, 12)
    return float(text)


def _is_zone(value: Any) -> bool:
    from zoneinfo import ZoneInfo

    try:
        return bool(value) and bool(ZoneInfo(str(value)))
    except (ValueError, OSError, KeyError):
        return False


_CHECKS = {"tz": _is_zone, "language": lambda value: value in ("zh", "en")}
_HINTS = {
    "tz": Text("请写成 Asia/Shanghai 这样的时区名。", "Write a zone name such as Asia/Shanghai."),
    "language": Text("可用：zh、en。", "Use: zh, en."),
}


@cache
def _defaults() -> dict[str, Setting]:
    plan = [
        _setting(row, _labels()[row["key"]]) for row in _rows("numbers.toml") if _is_setting(row)
    ]
    own = [
        replace(_setting(row, Text(row["zh"], row["en"])), source="own")
        for row in _rows("settings_own.toml")
    ]
    return {setting.key: setting for setting in (*plan, *own)}


@cache
def _references() -> dict[str, Setting]:
    rows = (row for row in _rows("numbers.toml") if not _is_setting(row))
    return {row["key"]: _setting(row, Text(row["key"], row["key"])) for row in rows}


def _is_setting(row: Mapping[str, Any]) -> bool:
    return row["kind"] in SETTING_KINDS


def _setting(row: Mapping[str, Any], label: Text) -> Setting:
    unit, factor = _UNITS.get(row["unit"], (row["unit"], 1.0))
    value = _scaled(row.get("value"), factor)
    return Setting(
        row["key"], value, unit, row["direction"], row["kind"], row["section"], label, value,
        note=row.get("note", ""),
    )  # fmt: skip


def _scaled(value: Any, factor: float) -> Value:
    if isinstance(value, list):
        return [_scaled(item, factor) for item in value]  # type: ignore[return-value]
    if isinstance(value, int | float):
        return round(float(value) * factor, 12)
    return value


@cache
def _labels() -> dict[str, Text]:
    found = tomllib.loads((Path(__file__).parent / "settings_labels.toml").read_text("utf-8"))
    return {key: Text(zh, en) for key, (zh, en) in found.items()}


def _rows(name: str) -> list[dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))["number"]
