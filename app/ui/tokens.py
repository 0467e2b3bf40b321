"""The design tokens: every colour, size and distance of the app, for light and dark.

``app/config.py`` makes the Streamlit theme of them, ``app/ui/style.py`` the style sheet and
``app/ui/charts`` the chart colours; nothing else names a colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["light", "dark"]

RADIUS = "10px"
GAP = "0.75rem"
CARD_MIN = "10.4rem"
FONT = "Inter, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
MONO = "ui-monospace, 'SF Mono', Menlo, Consolas, monospace"
BASE_SIZE = 15


@dataclass(frozen=True, slots=True)
class Palette:
    """One mode. ``*_soft`` are backgrounds behind text of the colour of the same name."""

    page: str
    surface: str
    ink: str
    muted: str
    line: str
    primary: str
    link: str
    red: str
    red_soft: str
    yellow: str
    yellow_soft: str
    green: str
    green_soft: str
    grey: str
    grey_soft: str
    blue_soft: str


LIGHT = Palette(
    page="#ffffff",
    surface="#f6f8fb",
    ink="#1b2430",
    muted="#5a6675",
    line="#dfe4ec",
    primary="#2459c9",
    link="#1f51bb",
    red="#b3261e",
    red_soft="#fdeceb",
    yellow="#8a5a00",
    yellow_soft="#fff4d6",
    green="#1a6b3c",
    green_soft="#e6f5ec",
    grey="#566170",
    grey_soft="#eef1f5",
    blue_soft="#e9f0fe",
)
DARK = Palette(
    page="#10141b",
    surface="#181e28",
    ink="#e7ebf1",
    muted="#a3aebd",
    line="#2d3644",
    primary="#3d6ddd",
    link="#8fb3ff",
    red="#ff9d94",
    red_soft="#3d1c1b",
    yellow="#f5c451",
    yellow_soft="#37290c",
    green="#74d69b",
    green_soft="#12301f",
    grey="#adb7c5",
    grey_soft="#232b37",
    blue_soft="#18284b",
)
PALETTES: dict[Mode, Palette] = {"light": LIGHT, "dark": DARK}

# Marks on charts: at least 3:1 against both pages, told apart with colour-blind eyes.
SERIES = (
    "#3a78e6",
    "#d9731a",
    "#159a83",
    "#9a63d8",
    "#cf4a8b",
    "#8f8415",
    "#2f95c4",
    "#7a8796",
)
MARK = SERIES[0]
MARK_2 = SERIES[1]
REFERENCE = SERIES[7]
# Phases and tiers keep their colour on every chart.
PHASES = {
    "new": SERIES[5],
    "exposure": SERIES[0],
    "conversion": SERIES[2],
    "repurchase": SERIES[1],
    "fission": SERIES[4],
    "dormant": SERIES[7],
}
TIERS = {"high": SERIES[1], "mid": SERIES[0], "potential": SERIES[2], "dormant": SERIES[7]}
STATUS = {"red": "#d6453d", "yellow": "#c98a00", "green": "#23925a", "grey": "#7a8796"}

# Low to high, ten steps. In the dark a low value is close to the page, so it recedes there too.
SEQUENTIAL: dict[Mode, tuple[str, ...]] = {
    "light": (
        "#edf3fe",
        "#dbe7fd",
        "#c3d7fb",
        "#a7c3f8",
        "#87abf3",
        "#6691ec",
        "#4877df",
        "#305fca",
        "#214aa8",
        "#173784",
    ),
    "dark": (
        "#18233a",
        "#1c2d50",
        "#213868",
        "#274583",
        "#2f549f",
        "#3b66bc",
        "#4f7cd6",
        "#6d96e8",
        "#93b3f3",
        "#bfd3fa",
    ),
}
DIVERGING: dict[Mode, tuple[str, ...]] = {
    "light": (
        "#a84a00",
        "#c96a1f",
        "#e0914f",
        "#efbb8e",
        "#f8e1cf",
        "#d6e3fb",
        "#a7c3f8",
        "#6f98ee",
        "#3f6fd8",
        "#214aa8",
    ),
    "dark": (
        "#ffb27a",
        "#e8924f",
        "#bd6d2c",
        "#8a4c1b",
        "#4d2c13",
        "#1b2f56",
        "#284a8c",
        "#3d68bd",
        "#6690e4",
        "#9dbcf7",
    ),
}
