"""Streamlit's options, made from the design tokens, and ``.streamlit/config.toml`` from them.

``python -m app.config`` writes the file; a test holds the two together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.ui import tokens
from app.ui.tokens import Mode

ROOT = Path(__file__).parents[1]
FILE = ROOT / ".streamlit" / "config.toml"

_SERVER: dict[str, Any] = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.enableStaticServing": True,
    "server.maxUploadSize": 4000,
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "viewer",
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
}


def options() -> dict[str, Any]:
    """Every option by its dotted name, as ``st.App.run(config=...)`` takes them."""
    found = dict(_SERVER)
    found |= {f"theme.{key}": value for key, value in _shared().items()}
    for mode in tokens.PALETTES:
        found |= {f"theme.{mode}.{key}": value for key, value in _mode(mode).items()}
    return found


def _shared() -> dict[str, Any]:
    return {
        "font": tokens.FONT,
        "codeFont": tokens.MONO,
        "baseFontSize": tokens.BASE_SIZE,
        "baseRadius": tokens.RADIUS,
        "headingFontSizes": ["1.7rem", "1.3rem", "1.1rem", "1rem", "0.95rem", "0.9rem"],
        "headingFontWeights": [650, 620, 600, 600, 600, 600],
        "paddingTop": "1rem",
        "paddingBottom": "4rem",
        "showWidgetBorder": True,
        "fontFaces": [
            {"family": "Inter", "url": "app/static/inter-latin.woff2", "weight": "100 900"}
        ],
    }


def _mode(mode: Mode) -> dict[str, Any]:
    palette = tokens.PALETTES[mode]
    named = {
        "red": palette.red,
        "yellow": palette.yellow,
        "green": palette.green,
        "blue": palette.link,
        "gray": palette.grey,
    }
    soft = {
        "red": palette.red_soft,
        "yellow": palette.yellow_soft,
        "green": palette.green_soft,
        "blue": palette.blue_soft,
        "gray": palette.grey_soft,
    }
    return {
        "primaryColor": palette.primary,
        "backgroundColor": palette.page,
        "secondaryBackgroundColor": palette.surface,
        "textColor": palette.ink,
        "linkColor": palette.link,
        "borderColor": palette.line,
        "dataframeBorderColor": palette.line,
        "dataframeHeaderBackgroundColor": palette.surface,
        "dataframeHeaderTextColor": palette.muted,
        "chartCategoricalColors": list(tokens.SERIES),
        "chartSequentialColors": list(tokens.SEQUENTIAL[mode]),
        "chartDivergingColors": list(tokens.DIVERGING[mode]),
        **{f"{name}Color": colour for name, colour in named.items()},
        **{f"{name}TextColor": colour for name, colour in named.items()},
        **{f"{name}BackgroundColor": colour for name, colour in soft.items()},
    }


def toml() -> str:
    """The options as the text of ``.streamlit/config.toml``."""
    sections: dict[str, list[str]] = {}
    faces: list[dict[str, Any]] = []
    for name, value in options().items():
        section, key = name.rsplit(".", 1)
        if key == "fontFaces":
            faces = value
            continue
        sections.setdefault(section, []).append(f"{key} = {_literal(value)}")
    lines = ["# Written by `python -m app.config` from app/ui/tokens.py; edit there."]
    for section, entries in sections.items():
        lines += ["", f"[{section}]", *entries]
        if section == "theme":
            for face in faces:
                lines += ["", "[[theme.fontFaces]]"]
                lines += [f"{key} = {_literal(value)}" for key, value in face.items()]
    return "\n".join(lines) + "\n"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(toml(), "utf-8")
