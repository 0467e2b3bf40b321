"""Did a platform send less recommended traffic from one day on, its videos being the same?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from footprint import stats
from footprint.analysis.change_point import LEAST, Change, changes, level_of
from footprint.analysis.content_check import content_check, content_state
from footprint.analysis.traffic import channel_classes
from footprint.data import Data
from footprint.metrics import View
from footprint.questions import Param, question
from footprint.result import Finding, Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

# Channel names that mean recommendation where no event names their class.
RECOMMENDED = ("platform_rec", "recommend", "recommended", "feed", "推荐", "推荐流", "平台推荐")
MEASURES = ("impressions", "clicks")
_CHANGES = {
    "platform": pl.String,
    "change_on": pl.Date,
    "earliest": pl.Date,
    "latest": pl.Date,
    "before": pl.Float64,
    "after": pl.Float64,
    "pp": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p_value": pl.Float64,
    "days": pl.Int64,
    "verdict": pl.String,
    "content": pl.String,
}


def dropped_findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """Platforms whose share fell on a day while their videos did not change."""
    fell = result.frames["changes"].filter(verdict="fell", content="unchanged")
    return [_dropped(row, result, scope) for row in fell.to_dicts()]


def _dropped(row: dict[str, Any], result: Result, scope: Scope) -> Finding:
    platform, day = row["platform"], row["change_on"]
    return Finding(
        id=f"traffic_share:{platform}",
        kind="traffic_share",
        severity=2,
        colour="grey",
        problem=Text(
            f"“{platform}”的推荐流量占比从 {day} 起由 {row['before']:.0%} 降到 {row['after']:.0%}，"
            "同期视频没有看出变化。",
            f"Recommended traffic on “{platform}” fell from {row['before']:.0%} to "
            f"{row['after']:.0%} of all from {day} on, while its videos did not change visibly.",
        ),
        suggestion=Text(
            "核对当天有无违规提示或账号调整，保留证据后向平台申诉；这是时间上的巧合，不是原因的证明。",
            "Check for notices or account changes on that day, keep the evidence and ask the "
            "platform; the date is a coincidence in time, not proof of a cause.",
        ),
        confidence=1 - row["p_value"],
        n=row["days"],
        page="U2",
        question="traffic_share",
        params={"platform": platform},
        scope=scope,
        evidence=result.frames["content"].filter(platform=platform),
    )


@question(
    "traffic_share",
    title=Text("平台推荐的流量突然少了吗？", "Did recommended traffic drop?"),
    page="U2",
    rows=("S5.2-f",),
    needs=("channel_daily",),
    uses=("contents", "events"),
    params=(
        Param(
            "platform",
            str,
            None,
            Text("平台（空白=变化最大的）", "Platform (blank: largest change)"),
        ),
        Param("channel", str, None, Text("算作推荐的渠道", "Channel that counts as recommended")),
        Param("measure", str, "impressions", Text("按什么算", "Measured in"), MEASURES),
    ),
    findings=dropped_findings,
)
def traffic_share(
    data: Data,
    scope: Scope,
    platform: str | None = None,
    channel: str | None = None,
    measure: str = "impressions",
) -> Result:
    """Recommended share of each platform's traffic by day, and the days on which its level changed.

    Recommended channels are those whose events are mostly of class platform, else those named so;
    ``channel`` picks another. A change is named when its chance is below 1 % (weeks shuffled); its
    date has a 95 % interval, ``pp`` = after - before in percentage points with Welch's interval
    over days. ``content`` says whether the platform's videos changed at that day: number, share
    watched to the end, mix of layers and kinds, each tested. Frames: ``changes`` (platform,
    change_on, earliest, latest, before, after, pp, low, high, p_value, days, verdict, content),
    ``days`` (platform, date, share, level, n), ``content`` (platform, measure, before, after, n,
    p_value, changed). Scalars of the chosen platform: change_on, share_before, share_after, pp,
    p_value, verdict, content. Association in time, not cause. Source: requirement row S5.2-f, PT41.
    """
    view = View(data, scope)
    days = _shares(view, _recommended(data, channel), measure)
    rows, levels, checks = [], [], []
    for (name,), part in days.group_by(["platform"], maintain_order=True):
        whole = _every_day(part)
        found = changes(whole["share"].to_numpy())
        levels.append(
            whole.with_columns(level=pl.Series(level_of(whole["share"].to_numpy(), found)))
        )
        if not found:
            rows.append(
                _CHANGES_NONE
                | {
                    "platform": name,
                    "days": whole.height,
                    "verdict": "too_short" if whole.height < 2 * LEAST else "no_change",
                }
            )
        for one in found:
            row, checked = _row(view, str(name), whole, one)
            rows.append(row)
            checks.append(checked)
    table = pl.DataFrame(rows, schema=_CHANGES, orient="row").sort(
        pl.col("pp").abs().fill_null(-1.0), "platform", descending=[True, False]
    )
    chosen = table if platform is None else table.filter(platform=platform)
    frames = {
        "changes": table,
        "days": pl.concat(levels).select("platform", "date", "share", "level", n="total")
        if levels
        else days.select("platform", "date", "share", level="share", n="total"),
        "content": pl.concat(checks) if checks else _NO_CONTENT,
    }
    return Result(_scalars(chosen), frames, notes=_NOTES)


_CHANGES_NONE: dict[str, Any] = dict.fromkeys(_CHANGES)
_NO_CONTENT = pl.DataFrame(
    schema={
        "platform": pl.String,
        "measure": pl.String,
        "before": pl.Float64,
        "after": pl.Float64,
        "n": pl.Int64,
        "p_value": pl.Float64,
        "changed": pl.Boolean,
    }
)
_NOTES = (
    Text(
        "占比的下降只说明发生在那一天，不能证明是平台限流。",
        "A drop says when it happened; it does not prove that the platform throttled.",
    ),
)


def _recommended(data: Data, channel: str | None) -> list[str]:
    if channel is not None:
        return [channel]
    if not data.has("events"):
        return list(RECOMMENDED)
    known = channel_classes(data)
    ours = known.filter(channel_class="platform")["channel"].to_list()
    return ours + [name for name in RECOMMENDED if name not in set(known["channel"])]


def _shares(view: View, recommended: list[str], measure: str) -> pl.DataFrame:
    """platform, date, share and total of platforms that have recommended and other channels."""
    rows = view.rows("channel_daily").filter(pl.col(measure) > 0)
    ours = pl.col("channel").is_in(recommended)
    mixed = (ours.any() & (~ours).any()).over("platform")
    return (
        rows.filter(mixed)
        .group_by("platform", "date")
        .agg(total=pl.col(measure).sum(), part=pl.col(measure).filter(ours).sum())
        .with_columns(share=pl.col("part") / pl.col("total"))
        .sort("platform", "date")
    )


def _every_day(part: pl.DataFrame) -> pl.DataFrame:
    """The longest end of the series without a gap of days; missing days would bend it."""
    gaps = (part["date"].diff().dt.total_days().fill_null(1) > 1).cum_sum()
    runs = part.with_columns(run=gaps).group_by("run", maintain_order=True).agg(pl.len())
    longest = runs.sort("len", descending=True, maintain_order=True)["run"][0]
    return part.filter(gaps == longest)


def _row(
    view: View, platform: str, days: pl.DataFrame, found: Change
) -> tuple[dict[str, Any], pl.DataFrame]:
    share, date = days["share"], days["date"]
    before, after = share[found.start : found.at], share[found.at : found.end]
    moved = stats.welch(after, before)
    day = date[found.at]
    length = min(len(before), len(after), 56)
    checked = content_check(view, platform, day, timedelta(days=length))
    verdict = "gradual" if found.gradual else "rose" if moved.diff > 0 else "fell"
    return {
        "platform": platform,
        "change_on": day,
        "earliest": date[found.first],
        "latest": date[min(found.last, len(date) - 1)],
        "before": moved.mean2,
        "after": moved.mean1,
        "pp": 100 * moved.diff,
        "low": 100 * moved.low,
        "high": 100 * moved.high,
        "p_value": found.p,
        "days": len(before) + len(after),
        "verdict": verdict,
        "content": content_state(checked),
    }, checked


def _scalars(table: pl.DataFrame) -> dict[str, Scalar]:
    row = table.row(0, named=True) if table.height else _CHANGES_NONE
    n, day = row["days"], row["change_on"]
    share = Text(
        "推荐渠道的流量 ÷ 该平台全部流量，按天平均。",
        "Traffic of recommended channels divided by all of the platform, mean of days.",
    )
    return {
        "platform": Scalar(row["platform"], "text", n, label=Text("平台", "Platform")),
        "change_on": Scalar(
            day.isoformat() if day else None, "text", n, label=Text("变化日", "Changed on")
        ),
        "share_before": Scalar(
            row["before"], "rate", n, label=Text("之前", "Before"), definition=share
        ),
        "share_after": Scalar(
            row["after"], "rate", n, label=Text("之后", "After"), definition=share
        ),
        "pp": Scalar(row["pp"], "pp", n, row["low"], row["high"], Text("变化", "Change"), share),
        "p_value": Scalar(
            row["p_value"],
            "p",
            n,
            label=Text("偶然的可能", "Chance"),
            definition=Text(
                "把各周打乱重排后，出现同样大变化的比例。",
                "Share of shuffles of the weeks that show a change this large.",
            ),
        ),
        "verdict": Scalar(row["verdict"], "text", n, label=Text("判断", "Verdict")),
        "content": Scalar(
            row["content"],
            "text",
            n,
            label=Text("同期视频", "Videos meanwhile"),
            definition=Text(
                "该平台前后视频的数量、完播率和构成是否有可见变化。",
                "Whether number, completion and mix of the platform's videos changed.",
            ),
        ),
    }
