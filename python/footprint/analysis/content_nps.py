"""How willing people are to recommend, by content: promoter share and NPS told apart."""

from __future__ import annotations

import math

import polars as pl

from footprint.analysis.measures import word
from footprint.data import Data
from footprint.errors import unknown
from footprint.questions import Param, question
from footprint.result import Result, Scalar
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import benjamini_hochberg, normal_quantile, wilson
from footprint.text import Text

_ALPHA = 0.05
UNTAGGED = "(none)"
_DEFINITION = Text(
    "愿意推荐 = 打 9–10 分的占比。净推荐值（NPS）= 9–10 分占比 − 0–6 分占比，−100 到 100 分。"
    "两者不是一回事："
    "85% 愿意推荐、6% 不愿意时 NPS 是 79。标签取自问卷，没有就取所评场次的标签；"
    "各标签与其余答卷比，"
    "p 值按标签数校正。",
    "Promoters = share of scores 9 and 10. Net promoter score (NPS) = share 9-10 less share 0-6, "
    "-100 to 100 points. They differ: with 85 % promoters and 6 % detractors the NPS is 79. Tags "
    "come from the survey, else from the stream rated; each tag is compared with all other "
    "answers, "
    "p corrected for the number of tags.",
)
_SCHEMA = {
    "tag": pl.String(), "n": pl.Int64(), "promoters": pl.Float64(), "promoters_low": pl.Float64(),
    "promoters_high": pl.Float64(), "detractors": pl.Float64(), "nps": pl.Float64(),
    "low": pl.Float64(), "high": pl.Float64(), "p_value": pl.Float64(),
}  # fmt: skip


@question(
    "content_nps",
    title=Text("看过哪类内容的人更愿意推荐？", "Which content makes people recommend us?"),
    page="U5",
    rows=("S7.3-c", "S10.1-a"),
    needs=("surveys",),
    uses=("streams",),
    params=(Param("tag", str, None, Text("标签，缺省为全部", "Tag; all when empty")),),
)
def content_nps(data: Data, scope: Scope, tag: str | None) -> Result:
    """Promoter share and NPS of all answers or of one content tag.

    Scalars: promoters (rate, Wilson interval), detractors, nps (points, interval), answers,
    of a tag also verdict against the other answers (effect_up, effect_down, no_effect,
    too_small). Frame
    ``tags`` (tag, n, promoters, promoters_low, promoters_high, detractors, nps, low, high,
    p_value, p_adjusted); tags below the least number of answers are left out. Raises UsageError
    for an unknown tag. Source: requirement row S7.3-c, truth PT19.
    """
    answers = _answers(data, scope)
    least = int(data.settings.value("nps_min_answers"))
    table = _table(answers, least)
    chosen = answers
    if tag is not None:
        if tag not in set(answers["tag"]):
            raise unknown("tag", "标签", tag, dict.fromkeys(answers["tag"].unique().sort()))
        chosen = answers.filter(pl.col("tag") == tag)
    few = Text(
        "有净推荐值问卷的标签太少，只给总数。", "Too few tagged answers: only the total is given."
    )
    return Result(
        scalars=_scalars(chosen["score"], _verdict(table, tag) if tag else None, least),
        frames={"tags": table}, notes=() if table.height > 1 else (few,),
    )  # fmt: skip


def _answers(data: Data, scope: Scope) -> pl.DataFrame:
    """tag and score (0..10) of every answer, one row per tag of a rated stream."""
    found = scoped(data, "surveys", scope).filter(
        pl.col("kind") == "nps", pl.col("score").is_between(0, 10)
    )
    own = found.filter(pl.col("tag").is_not_null()).select("tag", "score")
    rest = found.filter(pl.col("tag").is_null())
    if data.has("streams"):
        tags = data.frame("streams").select("stream_id", tags=pl.col("tags"))
        rest = rest.join(tags, on="stream_id", how="left").select(
            pl.col("tags").fill_null([UNTAGGED]).alias("tag"), "score"
        )
        rest = rest.explode("tag").with_columns(pl.col("tag").fill_null(UNTAGGED))
    else:
        rest = rest.select(pl.lit(UNTAGGED).alias("tag"), "score")
    return pl.concat([own, rest])


def promoter_score(scores: pl.Series) -> tuple[float, float, float, float, float]:
    """promoters, detractors (rates), NPS in points and its 95 % interval.

    Standard error sqrt((p + d - (p - d)^2) / n); with 85 / 9 / 6 the NPS is 79 +/- 10.5. With no
    spread at all the interval falls back on Wilson's for an all-or-nothing share.
    """
    n = len(scores)
    up, down = int((scores >= 9).sum()) / n, int((scores <= 6).sum()) / n
    spread = max(0.0, up + down - (up - down) ** 2)
    half = normal_quantile() * math.sqrt(spread / n)
    if spread == 0:
        half = 2 * (1 - wilson(n, n)[0]) if abs(up - down) == 1 else 1 - wilson(n, n)[0]
    nps = up - down
    return up, down, nps * 100, max(-100.0, (nps - half) * 100), min(100.0, (nps + half) * 100)


def _table(answers: pl.DataFrame, least: int) -> pl.DataFrame:
    rows = []
    for (tag,), part in answers.group_by(["tag"]):
        if part.height < least:
            continue
        up, down, nps, low, high = promoter_score(part["score"])
        others = answers.filter(pl.col("tag") != tag)["score"]
        bounds = wilson(int((part["score"] >= 9).sum()), part.height)
        rows.append((
            tag, part.height, up, *bounds, down, nps, low, high, _p(part["score"], others, least),
        ))  # fmt: skip
    table = pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("tag")
    judged = table.filter(pl.col("p_value").is_not_null())
    fair = pl.Series(benjamini_hochberg(judged["p_value"].to_numpy()), dtype=pl.Float64)
    known = judged.select("tag").with_columns(p_adjusted=fair)
    return table.join(known, on="tag", how="left").sort(["nps", "tag"], descending=[True, False])


def _p(scores: pl.Series, others: pl.Series, least: int) -> float | None:
    """Two-sided p of the difference of two NPS, None when the others are too few."""
    if len(others) < least:
        return None
    variance, diff = 0.0, 0.0
    for sign, part in ((1, scores), (-1, others)):
        up, down, nps, _, _ = promoter_score(part)
        diff += sign * nps / 100
        variance += (up + down - (up - down) ** 2) / len(part)
    if variance <= 0:
        return 1.0 if diff == 0 else 0.0
    return math.erfc(abs(diff) / math.sqrt(variance) / math.sqrt(2))


def _verdict(table: pl.DataFrame, tag: str) -> str:
    row = table.filter(pl.col("tag") == tag)
    if row.is_empty() or row["p_adjusted"][0] is None:
        return "too_small"
    if row["p_adjusted"][0] >= _ALPHA:
        return "no_effect"
    others = table.filter(pl.col("tag") != tag)
    mean = float((others["nps"] * others["n"]).sum()) / max(1, int(others["n"].sum()))
    return "effect_up" if row["nps"][0] > mean else "effect_down"


def _scalars(scores: pl.Series, verdict: str | None, least: int) -> dict[str, Scalar]:
    n = len(scores)
    labels = {
        "promoters": Text("愿意推荐（9–10 分）", "Promoters (9-10)"),
        "detractors": Text("不愿推荐（0–6 分）", "Detractors (0-6)"),
        "nps": Text("净推荐值（分）", "NPS (points)"),
    }
    answers = Scalar(n, "count", n, label=Text("答卷", "Answers"))
    against = Text("与其余相比", "Against the rest")
    told = {} if verdict is None else {"verdict": word(verdict, n, against, _DEFINITION)}
    if n < least:
        none = {name: Scalar(None, "rate", n, label=words) for name, words in labels.items()}
        return {**none, "answers": answers, **told}
    up, down, nps, low, high = promoter_score(scores)
    ups, downs = int((scores >= 9).sum()), int((scores <= 6).sum())
    return {
        "promoters": Scalar(up, "rate", n, *wilson(ups, n), labels["promoters"], _DEFINITION),
        "detractors": Scalar(
            down, "rate", n, *wilson(downs, n), labels["detractors"], _DEFINITION
        ),
        "nps": Scalar(nps, "points", n, low, high, labels["nps"], _DEFINITION),
        "answers": answers,
        **told,
    }  # fmt: skip
