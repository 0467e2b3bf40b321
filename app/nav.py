"""The one list of pages: navigation, links between pages and tests read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from footprint.access import Role, person
from footprint.result import PAGE_PATHS
from footprint.text import Lang, Text

PAGES_DIR = Path(__file__).parents[1] / "pages"


@dataclass(frozen=True, slots=True)
class PageInfo:
    """One page. ``code`` as in the page map; ``all_time``: all data until a period is chosen;
    ``role``: who sees it at all."""

    code: str
    icon: str
    title: Text
    lead: Text
    all_time: bool = False
    role: Role = "viewer"

    @property
    def path(self) -> str:
        return PAGE_PATHS[self.code]

    @property
    def file(self) -> Path:
        return PAGES_DIR / f"{self.path}.py"


PAGES: tuple[PageInfo, ...] = (
    PageInfo(
        "W1",
        "assignment",
        Text("周报", "Weekly brief"),
        Text(
            "这一周哪些事要管，值多少钱，先做什么。",
            "What matters this week, what it is worth, what to do first.",
        ),
    ),
    PageInfo(
        "M1",
        "monitoring",
        Text("看板与趋势", "Board"),
        Text(
            "离目标还有多远，是趋势、季节还是偶然。",
            "Where we stand against each target: trend, season or one-off.",
        ),
    ),
    PageInfo(
        "U1",
        "conversion_path",
        Text("漏斗与旅程", "Journey"),
        Text(
            "人在哪一步走了，走的是哪条路，每一步在说什么。",
            "Where people leave, which way they go, what they say at each step.",
        ),
        True,
    ),
    PageInfo(
        "U2",
        "hub",
        Text("归因与渠道", "Attribution"),
        Text(
            "哪个渠道被低估，每个渠道一单花多少钱。",
            "Which channel is under-credited, and what an order costs in each.",
        ),
        True,
    ),
    PageInfo(
        "U3",
        "group",
        Text("留存与价值", "Retention"),
        Text(
            "新客回不回来，高价值用户是否在变多。",
            "Do newcomers come back, and is the high-value share growing?",
        ),
        True,
    ),
    PageInfo(
        "U4",
        "sync_alt",
        Text("生命周期", "Lifecycle"),
        Text(
            "用户走到哪一步，利润从哪一步来。",
            "Which phase people are in, and which phase earns the profit.",
        ),
        True,
    ),
    PageInfo(
        "U5",
        "storefront",
        Text("内容与商品", "Content"),
        Text(
            "做法有没有用，脚本越没越线，哪些货该多卖、够不够卖。",
            "What works, which scripts cross the line, which goods to sell more and whether they "
            "last.",
        ),
        True,
    ),
    PageInfo(
        "C1",
        "shield",
        Text("风险与预警", "Risk"),
        Text(
            "现在有什么没处理，还剩多少时间，损失多大。",
            "What is open, how long is left, and how much it may cost.",
        ),
    ),
    PageInfo(
        "L3",
        "published_with_changes",
        Text("改进闭环", "Follow-up"),
        Text(
            "答应的事做了没有，管不管用，结论准不准。",
            "Was it done, did it help, and were our findings right?",
        ),
    ),
    PageInfo(
        "ASK",
        "search",
        Text("提问", "Ask"),
        Text(
            "任选一个问题，改参数，看依据，导出。",
            "Pick any question, change its parameters, see the evidence, export.",
        ),
        True,
    ),
    PageInfo(
        "W2",
        "upload_file",
        Text("数据与设定", "Data"),
        Text(
            "上传文件，看懂了没有，哪些行没收，目标和规则是多少。",
            "Upload files, see what was understood or set aside, edit targets and rules.",
        ),
        role="editor",
    ),
)
BY_CODE: Mapping[str, PageInfo] = {page.code: page for page in PAGES}


def navigation(lang: Lang) -> st.Page:
    """The navigation bar in ``lang``; the page to run."""
    home = st.Page(_home, title="Footprint", url_path="home", default=True, visibility="hidden")
    shown = [info for info in PAGES if person().may(info.role)]
    return st.navigation([home, *(_page(info, lang) for info in shown)], position="top")


def link(code: str, label: str, lang: Lang, query: Mapping[str, str], icon: str = "") -> None:
    """A link to another page that keeps the given query; none to a page the person has not."""
    info = BY_CODE[code]
    if not person().may(info.role):
        return
    st.page_link(
        info.file, label=label, icon=icon or f":material/{info.icon}:", query_params=dict(query)
    )


def go(code: str, query: Mapping[str, str]) -> None:
    """Switch to another page with the given query."""
    st.switch_page(BY_CODE[code].file, query_params=dict(query))


def _home() -> None:
    """The bare address leads to the weekly brief."""
    go("W1", st.query_params.to_dict())


def _page(info: PageInfo, lang: Lang) -> st.Page:
    return st.Page(
        info.file,
        title=info.title(lang),
        icon=f":material/{info.icon}:",
        url_path=info.path,
        help=info.lead(lang),
    )
