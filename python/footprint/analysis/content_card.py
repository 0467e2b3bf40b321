"""Is each stream prepared: known audience, a planned scene, a script that passes?"""

from __future__ import annotations

import polars as pl

from footprint.analysis.stream_facts import script_texts
from footprint.data import Data
from footprint.questions import question
from footprint.result import Result, Scalar
from footprint.risk.claims import all_script_hits
from footprint.scope import Scope
from footprint.scoping import scoped
from footprint.stats import wilson
from footprint.text import Text

_SEVERE = 3
_CHECKS = ("persona", "scene", "wording", "signed")
_WORDS = {
    "persona": Text("有目标人群", "Audience known"),
    "scene": Text("有场景设计", "Scene planned"),
    "wording": Text("话术过关", "Script passes"),
    "signed": Text("开播前已签核", "Signed off before"),
}
_DEFINITION = Text(
    "人群：该品类此前的买家达到设定人数，或场次写明目标地区。场景：场次有标签或内容层级。话术："
    "脚本在库且"
    "没有严重命中。签核：脚本的审核时间早于开播。",
    "Audience: the category already has the set number of buyers, or the stream names a target "
    "region. Scene: the stream has tags or a layer. Script: in the library without severe hits. "
    "Signed off: the script's check is dated before the stream.",
)


@question(
    "content_card",
    title=Text("每场的人群、场景、话术备好了吗？", "Are audience, scene and script ready?"),
    page="U5",
    rows=("S3.1-a",),
    needs=("streams",),
    uses=("scripts", "orders"),
)
def content_card(data: Data, scope: Scope) -> Result:
    """The three checks of the content method and the sign-off, stream by stream.

    Scalars: ready (share with the first three), one share per check (persona, scene, wording,
    signed). Frame ``streams`` (stream_id, start_ts, category, persona, scene, wording, signed),
    newest first. Source: requirement row S3.1-a.
    """
    cards = _cards(data, scope)
    n = cards.height
    counts = {name: int(cards[name].sum()) for name in _CHECKS}
    ready = int((cards["persona"] & cards["scene"] & cards["wording"]).sum()) if n else 0

    def share(hits: int, label: Text) -> Scalar:
        return Scalar(hits / n if n else None, "rate", n, *wilson(hits, n), label, _DEFINITION)

    return Result(
        scalars={
            "ready": share(ready, Text("三项齐备", "All three ready")),
            **{name: share(counts[name], _WORDS[name]) for name in _CHECKS},
        },
        frames={"streams": cards},
    )


def _cards(data: Data, scope: Scope) -> pl.DataFrame:
    streams = scoped(data, "streams", scope)
    known = _known_audience(data)
    passed, signed = _scripts(data)
    tagged = (pl.col("tags").list.len() > 0).fill_null(value=False)
    return (
        streams.join(signed, on="script_id", how="left")
        .select(
            "stream_id",
            "start_ts",
            "category",
            persona=pl.col("category").is_in(known) | pl.col("region_target").is_not_null(),
            scene=tagged | pl.col("layer").is_not_null(),
            wording=pl.col("script_id").is_in(passed).fill_null(value=False),
            signed=(pl.col("checked_ts") <= pl.col("start_ts")).fill_null(value=False),
        )
        .sort(["start_ts", "stream_id"], descending=[True, False])
    )


def _known_audience(data: Data) -> list[str]:
    if not data.has("orders"):
        return []
    least = int(data.settings.value("pick_min_buyers"))
    streams = data.frame("streams").select("stream_id", "category")
    buyers = (
        data.frame("orders")
        .select("stream_id", "user_id")
        .join(streams, on="stream_id")
        .group_by("category")
        .agg(n=pl.col("user_id").n_unique())
    )
    return buyers.filter(pl.col("n") >= least)["category"].to_list()


def _scripts(data: Data) -> tuple[list[str], pl.DataFrame]:
    """Scripts without severe hits, and when each was checked."""
    empty = pl.DataFrame(schema={"script_id": pl.String, "checked_ts": pl.Datetime("us", "UTC")})
    if not data.has("scripts"):
        return [], empty
    hits = all_script_hits(data).filter(pl.col("state") == "hit", pl.col("severity") >= _SEVERE)[
        "script_id"
    ]
    passed = sorted(set(script_texts(data)["script_id"]) - set(hits))
    checked = data.frame("scripts").group_by("script_id").agg(pl.col("checked_ts").max())
    return passed, checked
