"""L3: share links with their use, and the audit table: who did what and when."""

from __future__ import annotations

import json
from datetime import datetime

import polars as pl
import streamlit as st
from footprint.sharing import Link
from footprint.text import Lang, Text

from app import data
from app.doing import do, tell
from app.ui import markup, present
from app.ui.section import fragment, section

_LINKS = Text("发出去的链接", "Links given out")
_LINKS_LEAD = Text(
    "链接只读、有期限、可撤销；这里只存它的指纹，存不出链接本身。",
    "Links are read-only, end by themselves and can be revoked; only their fingerprint is kept.",
)
_NO_LINKS = Text("还没有链接。在周报上点“分享”。", "No link yet. Use “Share” on the weekly brief.")
_REVOKE, _REVOKED = Text("撤销", "Revoke"), Text("已撤销。", "Revoked.")
_WHICH = Text("撤销哪一个", "Which link to revoke")
_STATES = {
    True: Text("有效", "Open"),
    False: Text("已关闭", "Closed"),
}
_KINDS = {
    "report": Text("定稿", "Frozen report"),
    "brief": Text("实时周报", "Live brief"),
    "question": Text("实时问题", "Live question"),
}
_HEADINGS = {
    "label": Text("给谁", "For whom"),
    "kind": Text("内容", "Shows"),
    "target": Text("对象", "Subject"),
    "state": Text("状态", "State"),
    "views": Text("打开次数", "Views"),
    "last_view": Text("最近打开", "Last opened"),
    "expires": Text("到期", "Ends"),
    "who": Text("由谁", "By"),
    "at": Text("时间", "When"),
    "passphrase": Text("有口令", "Passphrase"),
    "action": Text("做了什么", "Action"),
    "detail": Text("细节", "Detail"),
}
_AUDIT = Text("操作记录", "Who did what")
_AUDIT_LEAD = Text(
    "导入、修改、定稿、导出、分享和链接的每次打开都在这里；只增不改。",
    "Every import, change, freeze, export, share and use of a link; lines are only ever added.",
)
_ACTIONS = {
    "import": Text("导入", "Import"),
    "undo": Text("撤销导入", "Import taken back"),
    "mappings": Text("改表头对应", "Headings remembered"),
    "set": Text("改设定", "Setting changed"),
    "reset": Text("恢复设定", "Setting reset"),
    "review_order": Text("调整顺序", "Findings ordered"),
    "review_hide": Text("不列入", "Finding left out"),
    "review_show": Text("重新列入", "Finding taken in again"),
    "comment": Text("评论", "Comment"),
    "comment_withdrawn": Text("撤回评论", "Comment withdrawn"),
    "action": Text("指派行动", "Action assigned"),
    "action_changed": Text("更新行动", "Action changed"),
    "freeze": Text("定稿", "Report frozen"),
    "judgement": Text("评判结论", "Finding judged"),
    "export": Text("导出", "Export"),
    "link": Text("生成链接", "Link made"),
    "link_revoked": Text("撤销链接", "Link revoked"),
    "link_opened": Text("打开链接", "Link opened"),
    "link_refused": Text("链接被拒", "Link refused"),
}
_FIND = Text("找人或动作", "Find a person or an action")
_SHOWN = 2000


def links(lang: Lang) -> None:
    """Every link with its use and the way to close it."""
    with section("links", lang, _LINKS, _LINKS_LEAD):
        _links(lang)


@fragment
def _links(lang: Lang) -> None:
    tell()
    found = data.workspace().links.listed()
    if not found:
        markup.notes([_NO_LINKS(lang)])
        return
    alive = {link.id: link for link in found if link.alive()}
    if alive:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            id = st.selectbox(
                _WHICH(lang),
                list(alive),
                key=f"revoke-which-{lang}",
                width=420,
                format_func=lambda id: _named(alive[id], lang),
            )
            st.button(
                _REVOKE(lang),
                key=f"revoke-{id}-{lang}",
                icon=":material/link_off:",
                on_click=do,
                args=(data.workspace().links.revoke, id),
                kwargs={"said": _REVOKED},
            )
    rows = [
        {
            "label": link.label,
            "kind": _KINDS[link.target.kind](lang),
            "target": link.target.id[:12],
            "state": _STATES[link.alive()](lang),
            "views": link.views,
            "last_view": _moment(link.last_view),
            "expires": link.expires,
            "passphrase": link.guarded,
            "who": link.who,
            "at": _moment(link.at),
        }
        for link in found
    ]
    times = {name: pl.Datetime("us", "UTC") for name in ("last_view", "expires", "at")}
    frame = pl.DataFrame(rows, schema_overrides=times)
    present.table(frame, "links", lang, headings=_headings(lang))


def show(lang: Lang) -> None:
    """The audit table, newest first, with its export."""
    with section("audit", lang, _AUDIT, _AUDIT_LEAD):
        _lines(lang)


@fragment
def _lines(lang: Lang) -> None:
    from functools import partial

    from footprint import export

    find = st.text_input(_FIND(lang), key=f"audit-find-{lang}", width=320).strip().lower()
    lines = data.workspace().audit()
    rows = [
        {
            "at": _moment(line["at"]),
            "who": line["who"],
            "action": _action(line["action"], lang),
            "detail": _told(line["detail"]),
        }
        for line in lines
    ]
    frame = pl.DataFrame(
        rows,
        schema={
            "at": pl.Datetime("us", "UTC"),
            "who": pl.String,
            "action": pl.String,
            "detail": pl.String,
        },
    )
    if find:
        both = pl.col("who") + " " + pl.col("action") + " " + pl.col("detail")
        frame = frame.filter(both.str.to_lowercase().str.contains(find, literal=True))
    present.table(frame.head(_SHOWN), "audit", lang, headings=_headings(lang))
    present.download(
        "CSV", partial(export.csv_bytes, frame), "footprint-audit.csv", f"audit-{lang}", "text/csv"
    )


def _named(link: Link, lang: Lang) -> str:
    return (
        f"{link.id} · {link.label or '—'} · {_KINDS[link.target.kind](lang)} {link.target.id[:12]}"
    )


def _headings(lang: Lang) -> dict[str, str]:
    return {name: words(lang) for name, words in _HEADINGS.items()}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _action(code: str, lang: Lang) -> str:
    return _ACTIONS[code](lang) if code in _ACTIONS else code


def _told(detail: str) -> str:
    """The details of a line as name: value."""
    kept = json.loads(detail)
    return "; ".join(f"{name}: {value}" for name, value in kept.items() if value is not None)
