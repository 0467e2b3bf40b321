"""Which column each heading becomes: to read as a table, to change row by row."""

from __future__ import annotations

from html import escape

import streamlit as st
from footprint import format as fmt
from footprint.ingest.preview import ColumnPreview, SheetPreview
from footprint.schema import TABLES
from footprint.text import Lang, Text

from app.ui import markup
from app.views.importing import pending

_HEADING, _SAMPLES = Text("文件里的表头", "Heading in the file"), Text("内容举例", "Values")
_COLUMN, _WHY = Text("理解为", "Read as"), Text("依据", "Because")
LEFT_OUT = Text("不收这一列", "Left out")
_REQUIRED = Text("必填", "required")
_FAULTS = Text("{n} 个值读不懂", "{n} values not readable")
_CHANGE = Text("修改对应", "Change the mapping")
READ_AS = Text("“{heading}”理解为", "“{heading}” is read as")
_SAME = Text("文件里没有、每行都一样的列", "A column the file lacks, equal in every row")
_VALUE, _SET = Text("每行的值", "Its value"), Text("加上", "Add")
_PICK = Text("请选择", "Choose one")
_PERSONAL = {
    "drop": Text("个人信息，不保存", "Personal, not kept"),
    "hash": Text("个人信息，换成代号", "Personal, replaced by a code"),
    "keep": Text("个人信息，保留", "Personal, kept"),
}


def show(sheet: SheetPreview, lang: Lang) -> None:
    """The mapping, with a switch to change it."""
    if not sheet.columns:
        return
    changing = st.toggle(_CHANGE(lang), key=f"remap-{sheet.id}-{lang}")
    if changing:
        with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
            for column in sheet.columns:
                _edit(sheet, column, lang)
        _same_for_all(sheet, lang)
    else:
        _read(sheet, lang)


def _read(sheet: SheetPreview, lang: Lang) -> None:
    heads = [text(lang) for text in (_HEADING, _SAMPLES, _COLUMN, _WHY)]
    first = "".join(f"<th>{escape(head)}</th>" for head in heads)
    rows = [markup.table_row(_cells(sheet, column, lang), heads) for column in _ordered(sheet)]
    markup.show(markup.table_html(f"<tr>{first}</tr>{''.join(rows)}", stack=True))


def _ordered(sheet: SheetPreview) -> list[ColumnPreview]:
    """What is kept first, then what is left out; both in the order of the file."""
    return sorted(sheet.columns, key=lambda column: column.column is None)


def _cells(sheet: SheetPreview, column: ColumnPreview, lang: Lang) -> list[tuple[str, str]]:
    muted = "" if column.column else " fp-muted"
    samples = escape(_samples(column, lang))
    badges = []
    if column.personal:
        badges.append(markup.badge("blue", _PERSONAL[column.personal](lang)))
    if column.faults:
        badges.append(markup.badge("yellow", _FAULTS(lang, n=fmt.number(column.faults, lang))))
    return [
        (f"fp-strong{muted}", escape(column.heading)),
        ("fp-muted fp-samples", samples),
        ("", f"{_target(sheet, column, lang)} {' '.join(badges)}"),
        ("fp-muted", escape(column.why(lang))),
    ]


def _samples(column: ColumnPreview, lang: Lang) -> str:
    joint = "、" if lang == "zh" else ", "
    return joint.join(value for value in column.samples[:3])


def _target(sheet: SheetPreview, column: ColumnPreview, lang: Lang) -> str:
    if not column.column or not sheet.table:
        return f'<span class="fp-muted">{escape(LEFT_OUT(lang))}</span>'
    return (
        f"{escape(TABLES[sheet.table].column(column.column).title(lang))} "
        f'<span class="fp-muted">{escape(column.column)}</span>'
    )


def _edit(sheet: SheetPreview, column: ColumnPreview, lang: Lang) -> None:
    if not sheet.table:
        return
    options = {"": LEFT_OUT(lang), **column_names(sheet.table, lang)}
    values, now = list(options), column.column or ""
    key = f"map-{sheet.id}-{column.heading}-{now}-{lang}"
    with st.container(width=320, gap="xxsmall"):
        st.selectbox(
            READ_AS(lang, heading=column.heading),
            values,
            index=values.index(now) if now in values else 0,
            format_func=options.__getitem__,
            key=key,
            on_change=_mapped,
            args=(sheet.id, column.heading, key),
        )
        markup.show(f'<p class="fp-note fp-samples">{escape(_samples(column, lang)) or "—"}</p>')


def _same_for_all(sheet: SheetPreview, lang: Lang) -> None:
    """A value that the file does not hold because it is the same in every row."""
    if not sheet.table:
        return
    names = column_names(sheet.table, lang)
    with (
        st.form(f"same-{sheet.id}-{lang}", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        column = st.selectbox(
            _SAME(lang),
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder=_PICK(lang),
            key=f"same-column-{sheet.id}-{sheet.table}-{lang}",
            width=320,
        )
        value = st.text_input(_VALUE(lang), key=f"same-value-{sheet.id}-{lang}", width=200)
        if st.form_submit_button(_SET(lang), icon=":material/add:") and column and value.strip():
            pending.say(pending.answers().map(sheet.id, f"'{value.strip()}'", column))
            st.rerun(scope="fragment")


def column_names(table: str, lang: Lang) -> dict[str, str]:
    """Columns of a table with their titles, for a person to choose from."""
    columns = TABLES[table].columns
    return {one.name: _named(one.title(lang), one.name, one.required, lang) for one in columns}


def _named(title: str, name: str, required: bool, lang: Lang) -> str:
    return f"{title} · {name}" + (f" · {_REQUIRED(lang)}" if required else "")


def _mapped(sheet: str, heading: str, key: str) -> None:
    pending.say(pending.answers().map(sheet, heading, st.session_state[key]))
