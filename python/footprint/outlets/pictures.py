"""Charts as files of their own: SVG that needs no style sheet, PNG with Chinese letters anywhere.

The letters come from a font that ships with the package, so a machine without one draws them too.
"""

from __future__ import annotations

import re
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

from footprint.review.charts import chart
from footprint.review.frames import frame_of
from footprint.review.report import Report, Row
from footprint.text import Lang

FONTS = Path(__file__).parent / "fonts"
FONT = "Footprint Sans SC"
_SCALE = 2.0
_STYLE = (
    "text{font-family:'Footprint Sans SC','Noto Sans CJK SC',sans-serif;font-size:12px;"
    "fill:#1c2430}.bar{fill:#7c93b2}.over{fill:#c2452d}"
    ".whisker{stroke:#1c2430;stroke-width:1.5}"
    ".limit{stroke:#1c2430;stroke-width:1.5;stroke-dasharray:4 3}"
)
_PAPER = '<rect width="100%" height="100%" fill="#fff"/>'
_SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def svg(row: Row, lang: Lang, tz: str) -> str:
    """The chart of a finding's evidence on white, empty when it has none."""
    if row["evidence"] is None:
        return ""
    drawn = _SVG.search(chart(frame_of(row["evidence"]), lang, tz))
    if drawn is None:
        return ""
    return drawn.group().replace(
        '<svg class="chart"', '<svg xmlns="http://www.w3.org/2000/svg"', 1
    ).replace("<title>", f"<style>{_STYLE}</style>{_PAPER}<title>", 1)  # fmt: skip


def png(drawing: str) -> bytes:
    """An SVG as PNG, twice its size."""
    import vl_convert

    fonts_known()
    return vl_convert.svg_to_png(drawing, scale=_SCALE)


@cache
def fonts_known() -> None:
    """Let the chart renderer know the shipped font, once per process."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


def charts(report: Report, lang: Lang) -> bytes:
    """Every chart of a report as SVG and PNG in one ZIP file."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        for rank, row in enumerate(report["findings"], 1):
            drawing = svg(row, lang, report["tz"])
            if drawing:
                stem = f"{rank:02d}-{re.sub(r'[^a-z_]+', '-', row['kind'])}"
                pack.writestr(zipfile.ZipInfo(f"{stem}.svg", _EPOCH), drawing)
                pack.writestr(zipfile.ZipInfo(f"{stem}.png", _EPOCH), png(drawing))
    return buffer.getvalue()
