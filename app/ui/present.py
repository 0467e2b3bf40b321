"""Put a chart or a table on the page, each with its way out: CSV, SVG, PNG, the drawing itself.

A chart's drawing is kept by the answer it shows (data version, question, scope, parameters),
language and theme, so that a page switch does not draw again.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from importlib.util import find_spec
from typing import Any, cast

import polars as pl
import streamlit as st
from footprint import export
from footprint.access import Person, acting, person
from footprint.errors import WorkspaceError
from footprint.result import Result
from footprint.sharing import Target
from footprint.text import Lang, Text

from app import data
from app.ui import labels, linking, markup, tokens
from app.ui.charts.base import Chart

_LINK = Text("分享这个答案（实时链接）", "Share this answer (a live link)")
_LOG = logging.getLogger("footprint.app")
_EXPORT = Text("导出", "Export")
_CSV = Text("表格 CSV：{name}", "Table CSV: {name}")
_XLSX = Text("全部表格 Excel", "All tables, Excel")
_SVG, _PNG = Text("图 SVG", "Chart SVG"), Text("图 PNG", "Chart PNG")
_SPEC = Text("图的定义 JSON", "Chart definition JSON")
_SAME = Text("命令行得到同一答案：", "The same answer on the command line:")
_NOTHING = Text("这个范围内没有数据。", "No data in this scope.")
_MORE = Text(
    "只显示前 {shown} 行，共 {total} 行；导出得到全部。",
    "First {shown} of {total} rows; the export holds all.",
)
_SHOWN = 400
_FORMATS = {"rate": "percent", "CNY": "¥%,.0f", "count": "%,d", "p": "%.3f", "x": "%.2f×"}


def mode() -> tokens.Mode:
    """The theme in use, light when the browser has not said yet."""
    return "dark" if st.context.theme.type == "dark" else "light"


def identity(result: Result, *more: object) -> str:
    """What an answer is kept by."""
    scope = json.dumps(result.scope.to_dict(), sort_keys=True) if result.scope else ""
    params = json.dumps(dict(result.params), sort_keys=True, default=str)
    return "|".join([result.data_version, result.question, scope, params, *map(str, more)])


def chart(
    draw: Callable[[], Chart],
    key: str,
    alt: str,
    result: Result,
    lang: Lang,
    extra: object = "",
    *,
    title: str = "",
    wide: bool = False,
    **options: Any,
) -> Any:
    """Show a chart; ``draw`` is called once per answer, language and theme.

    ``alt`` says what it shows, ``title`` stands above it where the section has several, ``extra``
    tells drawings of one answer apart; a ``wide`` one scrolls sideways on a phone instead of
    shrinking; other options go to Streamlit (``on_select``).
    """
    if title:
        markup.caption(title)
    spec = _spec(identity(result, key, lang, mode(), extra), draw)
    with st.container(key=f"wide-{key}") if wide else nullcontext():
        return st.vega_lite_chart(
            spec=json.loads(spec), width="stretch", key=f"chart-{key}", alt=alt, **options
        )


@st.cache_data(max_entries=600, show_spinner=False)
def _spec(identity: str, _draw: Callable[[], Chart]) -> str:
    return json.dumps(drawing(_draw()))


def drawing(chart: Chart) -> dict[str, Any]:
    """The Vega-Lite drawing of a chart."""
    import altair as alt

    alt.data_transformers.disable_max_rows()
    return chart.to_dict()


def table(
    frame: pl.DataFrame,
    key: str,
    lang: Lang,
    *,
    columns: Sequence[str] | None = None,
    units: Mapping[str, str] | None = None,
    headings: Mapping[str, str] | None = None,
    bars: Sequence[str] = (),
    height: int | str = "auto",
) -> None:
    """Show a frame with headings in words and numbers in their units; ``bars`` draws shares."""
    if frame.is_empty():
        markup.notes([_NOTHING(lang)])
        return
    frame = labels.localised(frame, lang)
    chosen = [name for name in columns or frame.columns if name in frame.columns]
    shown = _local(worded(frame.select(chosen).head(_SHOWN), lang))
    known = _interval_units(frame) | dict(units or {})
    config = {
        name: _column(name, shown, lang, known.get(name), (headings or {}).get(name), name in bars)
        for name in chosen
    }
    st.dataframe(
        shown,
        key=f"table-{key}",
        hide_index=True,
        column_config=config,
        placeholder="—",
        height=cast(Any, height),
    )
    if frame.height > _SHOWN:
        markup.notes([_MORE(lang, shown=_SHOWN, total=frame.height)])


def _local(frame: pl.DataFrame) -> pl.DataFrame:
    """Instants as wall time of the shop."""
    moments = [
        name
        for name, dtype in frame.schema.items()
        if isinstance(dtype, pl.Datetime) and dtype.time_zone
    ]
    zone = data.current().tz
    return frame.with_columns(
        pl.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None) for name in moments
    )


def _interval_units(frame: pl.DataFrame) -> dict[str, str]:
    """The bounds of an interval are written like the number they bound."""
    units = [labels.unit(name) for name in frame.columns if name in labels.MEASURED]
    return {"low": units[0], "high": units[0]} if units else {}


def worded(frame: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    """Coded words of every text column in the language shown; lists joined."""
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    joint = "、" if lang == "zh" else ", "
    return frame.with_columns(
        *(
            pl.col(n).replace_strict(
                {code: labels.value(code, lang) for code in frame[n].unique().drop_nulls()},
                default=pl.col(n),
                return_dtype=pl.String,
            )
            for n in text
        ),
        *(pl.col(n).cast(pl.List(pl.String)).list.join(joint) for n in lists),
    )


def _column(
    name: str, frame: pl.DataFrame, lang: Lang, unit: str | None, heading: str | None, bar: bool
) -> Any:
    title, dtype = heading or labels.column(name, lang), frame.schema[name]
    unit = unit if unit is not None else labels.unit(name)
    if bar and dtype.is_numeric():
        top = float(cast(float, frame[name].max()) or 1.0)
        return st.column_config.ProgressColumn(
            title, format=cast(Any, _FORMATS.get(unit)), min_value=0, max_value=top
        )
    if dtype.is_numeric():
        return st.column_config.NumberColumn(title, format=_FORMATS.get(unit))
    if isinstance(dtype, pl.Datetime):
        return st.column_config.DatetimeColumn(title, format="YYYY-MM-DD HH:mm")
    if dtype == pl.Date:
        return st.column_config.DateColumn(title, format="YYYY-MM-DD")
    return st.column_config.Column(title)


@st.fragment
def tools(
    key: str,
    lang: Lang,
    result: Result,
    draw: Callable[[], Chart] | None = None,
    frames: Sequence[str] | None = None,
    *,
    inline: bool = False,
) -> None:
    """The export menu of one answer; files are made when they are asked for.

    It stands in the upper right corner of its section, or where it is written (``inline``).
    """
    chosen = {n: f for n, f in result.frames.items() if frames is None or n in frames}
    with (
        st.container(
            key=f"{'ways' if inline else 'tools'}-{key}",
            horizontal=True,
            horizontal_alignment="right",
        ),
        st.popover(
            _EXPORT(lang),
            icon=":material/download:",
            type="tertiary",
            key=f"export-{key}",
            on_change="rerun",
        ) as popover,
    ):
        if popover.open:
            _menu(key, lang, result, chosen, draw)


def _menu(
    key: str,
    lang: Lang,
    result: Result,
    frames: Mapping[str, pl.DataFrame],
    draw: Callable[[], Chart] | None,
) -> None:
    stem = re.sub(r"[^\w-]+", "-", f"footprint-{result.question or key}")
    for name, frame in frames.items():
        download(
            _CSV(lang, name=name),
            partial(export.csv_bytes, frame),
            f"{stem}-{name}.csv",
            f"{key}-{name}",
            mime="text/csv",
        )
    if len(frames) > 1:
        download(_XLSX(lang), partial(export.xlsx_bytes, frames), f"{stem}.xlsx", f"{key}-xlsx")
    if draw:
        # Files are made outside the script, where the theme is not known.
        theme = mode()
        pictures = ((_SVG, "svg"), (_PNG, "png")) if find_spec("vl_convert") else ()
        for words, kind in (*pictures, (_SPEC, "json")):
            download(
                words(lang),
                partial(_picture_of, draw, kind, theme),
                f"{stem}.{kind}",
                f"{key}-{kind}",
            )
    if result.question:
        markup.notes([_SAME(lang)])
        st.code(command(result), language="bash", wrap_lines=True)
        if person().may("editor") and st.toggle(_LINK(lang), key=f"link-{key}-{lang}"):
            linking.form(_target(result, tuple(frames)), key, lang)


def _target(result: Result, frames: Sequence[str]) -> Target:
    """A live link to this answer, with its period and slices."""
    scope = result.scope.to_dict() if result.scope else {}
    params = {k: str(v) for k, v in result.params.items() if v is not None and v != ""}
    return Target("question", result.question, {**scope, "frames": list(frames)}, params)


def download(
    label: str,
    make: Callable[[], bytes],
    name: str,
    key: str,
    mime: str | None = None,
    **options: Any,
) -> None:
    """A download whose bytes are made on the click, outside the session: as the person here."""
    st.download_button(
        label,
        partial(_made_as, person(), name, make),
        name,
        mime=mime,
        key=f"get-{key}",
        on_click="ignore",
        icon=":material/download:",
        **options,
    )


def _made_as(who: Person, name: str, make: Callable[[], bytes]) -> bytes:
    """The bytes of an export, and its line in the audit table where that can be written."""
    with acting(who):
        content = make()
        try:
            data.workspace().note_export(name)
        except WorkspaceError:
            _LOG.warning("an export could not be noted: the workspace cannot be written")
        return content


def _picture_of(draw: Callable[[], Chart], kind: str, theme: tokens.Mode) -> bytes:
    return picture(drawing(draw()), kind, theme)


def picture(spec: dict[str, Any], kind: str, theme: tokens.Mode) -> bytes:
    """A drawing as SVG, PNG (twice its size) or its own JSON."""
    if kind == "json":
        return json.dumps(spec, ensure_ascii=False, indent=1).encode()
    import vl_convert
    from footprint.outlets.pictures import FONT, fonts_known

    # A machine without Chinese letters draws with the font that ships with the package.
    fonts_known()
    sized = {"width": 760, "background": tokens.PALETTES[theme].page, **spec}
    fonts = tokens.FONT.replace("sans-serif", f"'{FONT}', sans-serif")
    sized["config"] = {"font": fonts, **_export_config(theme), **spec.get("config", {})}
    if kind == "svg":
        return vl_convert.vegalite_to_svg(sized).encode()
    return vl_convert.vegalite_to_png(sized, scale=2)


def _export_config(theme: tokens.Mode) -> dict[str, Any]:
    palette = tokens.PALETTES[theme]
    axis = {
        "labelColor": palette.muted,
        "titleColor": palette.muted,
        "gridColor": palette.line,
        "domainColor": palette.line,
        "tickColor": palette.line,
        "titleFontWeight": 500,
    }
    return {
        "axis": axis,
        "legend": {"labelColor": palette.muted},
        "view": {"stroke": None},
        "range": {"category": list(tokens.SERIES)},
    }


def command(result: Result) -> str:
    """The command line that gives the same answer."""
    parts = ["footprint", "ask", result.question]
    scope = result.scope
    if scope and scope.start:
        parts += ["--from", scope.start.isoformat()]
    if scope and scope.end:
        parts += ["--to", scope.end.isoformat()]
    for column, values in (scope.where if scope else {}).items():
        parts += ["--where", f"{column}={','.join(values)}"]
    for name, value in result.params.items():
        if value is not None:
            parts += ["--param", json.dumps(f"{name}={value}", ensure_ascii=False)]
    return " ".join(parts)
