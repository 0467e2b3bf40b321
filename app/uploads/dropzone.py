"""The drop zone on the page: several files at once, each with progress, speed, cancel and retry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from footprint.text import Lang, Text

from app.uploads import route, tickets
from app.uploads.spool import Waiting, readable

_HERE = Path(__file__).parent
ACCEPT = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".zip")
_WORDS = {
    "title": Text("把平台导出的文件拖到这里", "Drop platform exports here"),
    "pick": Text("选择文件", "Choose files"),
    "cancel": Text("取消", "Cancel"),
    "retry": Text("重试", "Retry"),
    "remove": Text("移除", "Remove"),
    "waiting": Text("等待上传", "Waiting"),
    "checking": Text("正在核对……", "Checking …"),
    "done": Text("已上传", "Uploaded"),
    "cancelled": Text(
        "已取消，服务器上没有留下任何内容", "Cancelled; nothing stayed on the server"
    ),
    "left": Text("还需 {s} 秒", "{s} s left"),
    "no_route": Text(
        "这个服务不接收上传。请用 footprint serve 启动。",
        "This server takes no uploads. Start it with “footprint serve”.",
    ),
    "lost": Text("连接中断，没有上传成功。请重试。", "The connection broke off. Try again."),
}
_HINT = Text(
    "CSV、Excel 或 zip，可一次多个，单个最大 {limit}。文件不会传到别处。",
    "CSV, Excel or zip, several at once, up to {limit} each. They go to this server only.",
)
_TOO_BIG = Text(
    "文件太大（上限 {limit}）。请按月份拆开，或用命令行 footprint import 导入。",
    "Too big (limit {limit}). Split it by month, or use “footprint import”.",
)

_zone = st.components.v2.component(
    "footprint_dropzone",
    css=(_HERE / "dropzone.css").read_text("utf-8"),
    js=(_HERE / "dropzone.js").read_text("utf-8"),
)


def show(lang: Lang) -> list[Waiting]:
    """The drop zone; gives the files of this session that have arrived and wait."""
    ticket, spool = tickets.mine()
    spool.adopt(ticket, tickets.alive())
    waiting = spool.files(ticket)
    limit = readable(spool.limit)
    words = {name: text(lang) for name, text in _WORDS.items()}
    _zone(
        key="dropzone",
        data={
            "ticket": ticket,
            "url": route.PATH,
            "lang": lang,
            "limit": spool.limit,
            "accept": ",".join(ACCEPT),
            "held": [file.id for file in waiting],
            "words": words
            | {"hint": _HINT(lang, limit=limit), "too_big": _TOO_BIG(lang, limit=limit)},
        },
        on_arrived_change=lambda: None,
    )
    return waiting


def drop(files: Sequence[Waiting]) -> None:
    """Delete files that need not wait any longer."""
    _, spool = tickets.mine()
    spool.drop([file.id for file in files])
