"""What people say that cannot wait: threats to go to the regulator, bursts of "this is fake"."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from footprint.data import Data
from footprint.format import sentence
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.risk import opinion
from footprint.risk.wording import at, listed
from footprint.scope import Scope
from footprint.text import Text

_DEFINITION = Text(
    "只看您上传的评论。红色：出现 12315、315 投诉等用语，一条即报。黄色："
    "滑动窗口内同一类用语的条数和占"
    "评论的比例都达到设定值；同一阵只报一次。“不是假货”这类否定、“假一赔十”这类承诺不算。",
    "Uploaded comments only. Red: words such as 12315 or 315 complaint; one comment is enough. "
    "Yellow: a sliding window in which the comments of one kind reach both the set number and the "
    "set share; one burst counts once. Denials (“not fake”) and pledges do not count.",
)
_RED = Text(
    "{time}，{place} 有人说要找监管部门投诉：“{example}”（期间共 {alerts} 次、{hits} 条）。"
    "涉事主播最迟 {deadline} 停播，{statement} 前发出说明。",
    "{time}: in {place} someone threatened to go to the regulator: “{example}” (alerts: {alerts}, "
    "comments: {hits}). The host is off air by {deadline}, a statement is due by "
    "{statement}.",
)
_RED_DO = Text(
    "立即联系该用户并先行赔付；核查被投诉商品的授权与检测报告；按危机预案指定唯一对外发言人。",
    "Contact this customer now and settle first; check licence and test report of the goods; name "
    "one spokesperson as the crisis plan says.",
)
_YELLOW = Text(
    "{time} 起，{place} 的“{rule}”评论集中出现：{minutes}分钟内 {hits} 条，占评论 {share}"
    "（期间共 {alerts} 阵）。例如：“{example}”。",
    "From {time}, comments about {rule} came in a burst in {place}: {hits} within {minutes} min, "
    "{share} of the comments (bursts in the period: {alerts}). For example: “{example}”.",
)
_YELLOW_DO = Text(
    "客服人手增加 {density}，当场出示授权书与质检报告并置顶回复；下播后核对脚本里的相应说法。",
    "Raise service staffing by {density}, show licence and test report on air and pin the reply; "
    "afterwards check what the script claimed.",
)
_WINDOW = Text("窗口（分钟），空白用设置值", "Window in minutes; blank takes the setting")
_QUOTE = 40


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """One finding per colour and category, told by its newest alert."""
    parts = result.frames["alerts"].partition_by("colour", "rule", maintain_order=True)
    n = result.scalars["red"].n or 0
    return [_finding(part, n, data, scope) for part in parts]


def _finding(part: pl.DataFrame, n: int, data: Data, scope: Scope) -> Finding:
    newest, red = part.row(0, named=True), part["colour"][0] == "red"
    rule = opinion.CATEGORIES.get(newest["rule"], Text(newest["rule"], newest["rule"]))
    minutes = max(1, round((newest["window_end"] - newest["window_start"]).total_seconds() / 60))
    words = {
        "time": at(newest["window_start"], data.tz), "place": newest["place"], "rule": rule,
        "example": _quote(newest["example"]), "alerts": (part.height, "count"),
        "hits": (int(part["hits"].sum()) if red else newest["hits"], "count"),
        "share": (newest["share"], "rate"), "minutes": (minutes, "count"),
        "deadline": at(newest["deadline"], data.tz),
        "statement": at(newest["statement_deadline"], data.tz),
    }  # fmt: skip
    density = (data.settings.value("yellow_service_density"), "rate")
    return Finding(
        id=f"opinion_{newest['colour']}:{newest['rule']}",
        kind=f"opinion_{newest['colour']}",
        severity=3 if red else 2,
        colour=newest["colour"],
        problem=sentence(_RED if red else _YELLOW, **words),
        suggestion=_RED_DO if red else sentence(_YELLOW_DO, density=density),
        confidence=0.9 if red else 0.8,
        n=n,
        page="C1",
        question="opinion_alerts",
        scope=scope,
        evidence=part.select("window_start", "place", "hits", "comments", "share", "example"),
    )


def _quote(text: str) -> str:
    return text if len(text) <= _QUOTE else text[:_QUOTE] + "…"


@question(
    "opinion_alerts",
    title=Text("评论里有没有要马上处理的？", "Is there anything in the comments that cannot wait?"),
    page="C1",
    rows=("S5.2-a", "S5.2-b", "S5.2-c"),
    needs=("comments",),
    uses=("streams",),
    params=(Param("window_min", int, None, _WINDOW),),
    in_brief=True,
    findings=_findings,
)
def opinion_alerts(data: Data, scope: Scope, window_min: int | None = None) -> Result:
    """Red and yellow alerts from the uploaded comments.

    Frames: ``alerts`` (colour, rule = category, place = stream or source, window_start, window_end,
    hits, comments, share, deadline = host off air, statement_deadline, term, example), newest
    first; ``terms`` (term, category, colour, hits, negated, allowed, per_1000). Scalars: ``red``,
    ``yellow`` (alerts). Source: requirement rows S5.2-a..c, truths PT07 and PT08.
    """
    window = timedelta(minutes=window_min or data.settings.value("window_min"))
    comments, hits = opinion.hits_in(data, scope)
    found = opinion.alerts(comments, hits, data, window)

    def count(colour: str, label: Text) -> Scalar:
        alerts = found.filter(pl.col("colour") == colour).height
        return Scalar(alerts, "count", comments.height, label=label, definition=_DEFINITION)

    return Result(
        scalars={
            "red": count("red", Text("红色舆情", "Red opinion alerts")),
            "yellow": count("yellow", Text("黄色舆情", "Yellow opinion alerts")),
        },
        frames={"alerts": found, "terms": opinion.terms(hits, comments.height)},
        notes=_notes(hits),
    )


def _notes(hits: pl.DataFrame) -> tuple[Text, ...]:
    set_aside = hits.filter(pl.col("state") != "hit", pl.col("colour") != "")
    if set_aside.is_empty():
        return ()
    terms = listed(set_aside["found"].unique().sort().to_list())
    return (
        Text(
            f"另有 {set_aside.height} 处是否定或承诺，没有计入：{terms.zh}。",
            f"{set_aside.height} further places deny or pledge and do not count: {terms.en}.",
        ),
    )
