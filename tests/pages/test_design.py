"""The design tokens: one source, enough contrast, every drawing valid and exportable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from app import config
from app.ui import labels, tokens
from app.ui.charts import points
from app.ui.charts.base import Field
from app.ui.markup import badge, tip
from app.ui.present import picture


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_streamlits_options_are_written_from_the_tokens() -> None:
    assert config.FILE.read_text("utf-8") == config.toml()


@pytest.mark.parametrize("mode", tokens.PALETTES)
def test_words_can_be_read(mode: tokens.Mode) -> None:
    palette = tokens.PALETTES[mode]
    for ink in ("ink", "muted", "link", "red", "yellow", "green", "grey"):
        assert contrast(getattr(palette, ink), palette.page) >= 4.5, ink
    for name in ("red", "yellow", "green", "grey"):
        soft = getattr(palette, f"{name}_soft")
        assert contrast(getattr(palette, name), soft) >= 4.5, name
    assert contrast("#ffffff", palette.primary) >= 4.0


@pytest.mark.parametrize("mode", tokens.PALETTES)
def test_marks_stand_out_from_the_page(mode: tokens.Mode) -> None:
    page = tokens.PALETTES[mode].page
    for colour in (*tokens.SERIES, *tokens.STATUS.values()):
        assert contrast(colour, page) >= 2.9, colour


def test_a_state_is_never_told_by_colour_alone() -> None:
    html = badge("red", "Alert")
    assert "▲" in html and "Alert" in html


def test_words_of_the_data_cannot_become_markup() -> None:
    assert "<script>" not in tip("<script>alert(1)</script>", "en")
    assert "<b>" not in badge("red", "<b>x</b>")


@pytest.mark.parametrize("kind", ["svg", "png", "json"])
def test_a_drawing_leaves_as_a_file(kind: str) -> None:
    if kind != "json":
        pytest.importorskip("vl_convert")
    frame = pl.DataFrame({"channel": ["ads", "kol_seed"], "share": [0.25, 0.75]})
    spec: dict[str, Any] = points.bars(
        frame, Field("channel"), Field("share", "rate"), "zh"
    ).to_dict()
    made = picture(spec, kind, "light")
    start = {"svg": b"<svg", "png": b"\x89PNG", "json": b"{"}[kind]
    assert made.startswith(start)
    if kind == "json":
        assert labels.value("kol_seed", "zh") in json.dumps(json.loads(made), ensure_ascii=False)


def test_static_files_are_where_the_theme_says() -> None:
    for face in config.options()["theme.fontFaces"]:
        assert (Path(config.ROOT) / "app" / "static" / Path(face["url"]).name).exists()
