"""The words every form of a report shares: money, change, basis, tasks and their states."""

from __future__ import annotations

from datetime import date

from footprint.format import confidence, delta, money, number, points
from footprint.format import date as day
from footprint.review.report import Number, Report, Row, Task
from footprint.text import Lang, Text

TITLE = Text("经营周报 {week}", "Weekly brief {week}")
COLOURS = {
    "red": Text("▲ 红", "▲ Red"),
    "yellow": Text("◆ 黄", "◆ Yellow"),
    "green": Text("● 绿", "● Green"),
    "grey": Text("○ 机会", "○ Opportunity"),
}
FINDINGS = Text("这周要看的 {n} 件事", "Findings of the period: {n}")
NOTHING = Text("这段时间没有要处理的事。", "Nothing to handle in this period.")
HIDDEN = Text("另有 {n} 条经讨论没有列入。", "Left out after discussion: {n}.")
HEADLINE = Text("核心数字", "Core numbers")
PROMISES = Text("之前答应的事，现在怎样", "What was promised before, and where it stands")
TARGETS = Text("目标", "Targets")
SKIPPED = Text("没有做的检查", "Checks not made")
NOTES = Text("说明", "Notes")
PROBLEM, IMPACT = Text("问题", "Problem"), Text("影响", "Impact")
DO = Text("建议", "Suggestion")
TRUST = Text("依据", "Basis")
EVIDENCE = Text("数据", "Data")
RELATED = Text("同一批场次", "Same streams")
OPEN = Text("打开这一条", "Open this finding")
VERSUS = Text("比上期 {change}", "{change} on the period before")
BETWEEN = Text("{low} 至 {high}", "{low} to {high}")
REMARKS, TASKS = Text("讨论", "Comments"), Text("行动", "Actions")
FOOTER = Text(
    "数据版本 {data} · 程序版本 {code} · 同样的数据得到同样的报告 · 相关不等于因果",
    "Data version {data} · code version {code} · same data, same report · association is not cause",
)
FROZEN = Text("{at} 由 {who} 定稿，之后不再改变。", "Frozen {at} by {who}; it never changes.")
DRAFT = Text("草稿，尚未定稿。", "Draft, not frozen yet.")
STAGES = {
    "plan": Text("计划", "Plan"),
    "do": Text("执行", "Do"),
    "check": Text("检查", "Check"),
    "act": Text("固化", "Standardise"),
    "declined": Text("不采纳", "Declined"),
}
IMPACTS = {
    "high": Text("影响大（1 个月内）", "High impact (within 1 month)"),
    "medium": Text("影响中（本季度内）", "Medium impact (within a quarter)"),
    "low": Text("影响小（待办）", "Low impact (backlog)"),
}
FATES = {
    "gone": Text("问题已不再出现", "no longer found"),
    "better": Text("还在，但变小了", "still there, smaller"),
    "same": Text("还在，没有变化", "still there, unchanged"),
    "worse": Text("还在，变大了", "still there, larger"),
    "unknown": Text("这次缺数据，没有检查", "not checked this time for lack of data"),
}
VERDICTS = {
    "solved": Text("已解决", "Solved"),
    "better": Text("有改善", "Improved"),
    "same": Text("没有明显变化", "No clear change"),
    "worse": Text("变差", "Worse"),
}
_OWNER = Text("负责人 {owner}", "owner {owner}")
_DUE = Text("期限 {due}", "due {due}")
_OVERDUE = Text("已逾期", "overdue")
_BACKLOG = Text("待办，无期限", "backlog, no date")
_UNKNOWN_MONEY = Text("无法折算成金额", "cannot be put in money")
_BASIS = Text("样本 {n}，把握 {confidence}", "sample {n}, confidence {confidence}")


def title(report: Report, lang: Lang) -> str:
    """The heading of the report."""
    return TITLE(lang, week=report["week"])


def period(report: Report, lang: Lang) -> str:
    """First and last day."""
    start, end = (date.fromisoformat(d) if d else None for d in (report["start"], report["end"]))
    return BETWEEN(lang, low=day(start, lang), high=day(end, lang))


def standing(report: Report, lang: Lang) -> str:
    """Whether the report is a draft, or when and by whom it was frozen."""
    frozen = report["frozen"]
    return FROZEN(lang, at=frozen["at"], who=frozen["who"]) if frozen else DRAFT(lang)


def footer(report: Report, lang: Lang) -> str:
    """Versions and the standing caution."""
    return FOOTER(lang, data=report["data_version"], code=report["code_version"])


def stake(row: Row, lang: Lang) -> str:
    """Money at stake with its interval."""
    if row["impact_cny"] is None:
        return _UNKNOWN_MONEY(lang)
    amount = money(round(row["impact_cny"]), lang)
    if row["impact_low"] is None or row["impact_high"] is None:
        return amount
    low, high = (money(round(v), lang) for v in (row["impact_low"], row["impact_high"]))
    between = BETWEEN(lang, low=low, high=high)
    return f"{amount}（{between}）" if lang == "zh" else f"{amount} ({between})"


def basis(row: Row, lang: Lang) -> str:
    """Sample and confidence."""
    return _BASIS(lang, n=number(row["n"], lang), confidence=confidence(row["confidence"], lang))


def versus(line: Number, lang: Lang) -> str:
    """Against the period before: rates in percentage points, all else relative; may be empty."""
    value, previous = line["value"], line["previous"]
    if previous is None or value is None:
        return ""
    if line["unit"] == "rate":
        change = points((value - previous) * 100, lang)
    elif line["change"] is None:
        return ""
    else:
        change = delta(line["change"], lang)
    return VERSUS(lang, change=change)


def task(item: Task, lang: Lang) -> str:
    """One action in a line: what, who, until when, how it stands."""
    due = item["due"]
    parts = [
        _OWNER(lang, owner=item["owner"]),
        _DUE(lang, due=day(date.fromisoformat(due), lang)) if due else _BACKLOG(lang),
        STAGES[item["stage"]](lang),
        _OVERDUE(lang) if item["overdue"] else "",
        VERDICTS[item["verdict"]](lang) if item["verdict"] else "",
        FATES[item["fate"]](lang) if item["fate"] else "",
        item["standard"],
        item["note"],
    ]
    joint = "；" if lang == "zh" else "; "
    colon = "：" if lang == "zh" else ": "
    title = item["title"][lang].rstrip("。. ")
    return f"{title}{colon}{joint.join(filter(None, parts))}"
