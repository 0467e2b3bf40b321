"""The planted truths of events, minutes, comments and scripts, recomputed by plain means."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from footprint.sample.truths.journeys import credited


@pytest.fixture
def tables(planted) -> dict[str, pl.DataFrame]:
    return planted[0]


@pytest.fixture
def param(planted):
    return planted[1].__getitem__


def pooled(minutes: pl.DataFrame, what: str, slow: bool, edge: float) -> float:
    part = minutes.filter((pl.col("latency_s") > edge) == slow)
    return part.select(pl.col(what).sum() / pl.col("online").sum()).item()


def test_pt03_leaving_and_likes(tables, param) -> None:
    minutes, edge = tables["stream_minutes"], param("PT03.break_s")
    share = (minutes["latency_s"] > edge).mean()
    assert share == pytest.approx(param("PT03.slow_share"), abs=0.001)
    assert pooled(minutes, "exits", True, edge) == pytest.approx(param("PT03.exit_hi"), rel=0.01)
    assert pooled(minutes, "exits", False, edge) == pytest.approx(param("PT03.exit_lo"), rel=0.01)
    likes = [pooled(minutes, "likes", slow, edge) for slow in (True, False)]
    assert likes[0] == pytest.approx(likes[1], rel=0.03)


def test_pt03b_regions(tables, param) -> None:
    streams = tables["streams"].filter(host_id="H17")
    entered = tables["events"].filter(event_type="stream_enter").group_by("stream_id").agg(
        pl.col("user_id").n_unique().alias("tracked")
    )  # fmt: skip
    streams = streams.join(entered, on="stream_id")
    assert (streams["tracked"] == streams["viewers"]).all()
    sums = streams.group_by("region_target").agg(pl.col("buyers", "viewers").sum())
    rate = {row["region_target"]: row["buyers"] / row["viewers"] for row in sums.to_dicts()}
    assert rate["新疆"] == pytest.approx(param("PT03b.conv_remote"), abs=1e-9)
    assert rate["浙江"] == rate["广东"] == pytest.approx(param("PT03b.conv"), abs=1e-9)
    stutter = tables["stream_minutes"].join(streams, on="stream_id").group_by("region_target").agg(
        pl.col("stutter_rate").mean()
    )  # fmt: skip
    found = dict(stutter.iter_rows())
    assert found["新疆"] == pytest.approx(param("PT03b.stutter_remote"), rel=0.03)
    assert found["浙江"] == pytest.approx(param("PT03b.stutter"), rel=0.03)


def test_pt07_one_comment_to_the_regulator(tables) -> None:
    folded = [unicodedata.normalize("NFKC", text) for text in tables["comments"]["text"]]
    assert sum("12315" in text for text in folded) == 1
    assert not any("12315" in text for text in tables["comments"]["text"])
    assert sum("3月15号" in text for text in folded) == 1


def test_pt08_one_window_of_yellow_words(tables, param) -> None:
    comments = tables["comments"]
    words = pl.col("text").str.contains("假货|虚假宣传|骗子|夸大")
    hits = comments.filter(words, ~pl.col("text").str.contains("绝无假货")).sort("ts")
    assert hits.height == param("PT08.hits")
    assert hits["ts"].max() - hits["ts"].min() < timedelta(minutes=param("PT08.window_min"))
    assert hits["stream_id"].n_unique() == 1
    assert comments.filter(text="本店假一赔十，放心拍").height == param("PT08.null_pay_ten")
    assert comments.filter(text="足跡优选绝无假货").height == param("PT08.null_no_fake")


def test_pt09_paths_and_gaps(tables, param) -> None:
    code = {"kol_seed": "K", "platform_rec": "P", "private_group": "Q", "ads": "A"}
    goods = tables["products"].filter(category="apparel")["sku_id"]
    streams = tables["streams"].filter(category="apparel")["stream_id"]
    apparel = pl.col("sku_id").is_in(goods.implode()) | pl.col("stream_id").is_in(streams.implode())
    touches = tables["events"].filter(apparel).sort("event_ts")
    assert touches["channel"].null_count() == 0
    gap = touches.select(pl.col("event_ts").diff().over("user_id").drop_nulls())["event_ts"]
    assert gap.unique().to_list() == [timedelta(days=param("PT09.gap_days"))]
    orders = tables["orders"].filter(pl.col("sku_id").is_in(goods.implode()))
    assert orders["user_id"].is_unique().all()
    last = touches.group_by("user_id").agg(last=pl.col("event_ts").max())
    assert orders.join(last, on="user_id").filter(
        pl.col("order_ts") > pl.col("last"),
        pl.col("order_ts") < pl.col("last") + timedelta(minutes=16),
    ).height == orders.height  # fmt: skip
    paths = touches.group_by("user_id", maintain_order=True).agg(
        path=pl.col("channel").replace_strict(code).str.join(">")
    )
    for name, users in (
        ("conversions", paths.join(orders, on="user_id", how="semi")),
        ("nulls", paths.join(orders, on="user_id", how="anti")),
    ):
        wanted = {path: round(count / 10) for path, count in param(f"PT09.{name}").items()}
        assert dict(users["path"].value_counts().iter_rows()) == wanted


def test_pt09_credits_at_the_published_counts() -> None:
    conversions = {
        "K": 400, "P>K": 100, "K>P": 260, "K>Q>P": 90, "P": 600, "Q": 500, "A": 300, "A>P": 150,
        "P>A>Q": 60,
    }  # fmt: skip
    nulls = {
        "K": 5600, "P>K": 900, "K>P": 1740, "K>Q>P": 510, "P": 9400, "Q": 3500, "A": 7700,
        "A>P": 1850, "P>A>Q": 440,
    }  # fmt: skip
    found = credited(conversions, nulls, 7, "K")
    published = {
        "last": 500, "linear": 610, "first": 750, "u_shape": 616.0, "time_decay": 566.2,
        "markov": 583.4,
    }  # fmt: skip
    assert found == pytest.approx(published, abs=0.05)
    assert found["linear"] / found["last"] - 1 == pytest.approx(0.22, abs=1e-12)
    everywhere = [credited(conversions, nulls, 7, channel) for channel in "KPQA"]
    for model in published:
        assert sum(one[model] for one in everywhere) == pytest.approx(2460, abs=1e-6)


def test_pt11_videos_watched_to_the_end(tables, param) -> None:
    videos = tables["contents"].with_columns(star=pl.col("tags").list.contains("star_scene"))
    sums = videos.group_by("star").agg(pl.col("completes").sum() / pl.col("views").sum())
    rate = dict(sums.iter_rows())
    assert rate[True] == pytest.approx(param("PT11.tag"), abs=1e-4)
    assert rate[False] == pytest.approx(param("PT11.base"), abs=1e-4)


@pytest.mark.parametrize("test", ["EXP-REPLAY", "EXP-COVER", "EXP-SPLIT"])
def test_pt14_to_pt16_groups(tables, param, test: str) -> None:
    shown = tables["events"].filter(experiment_id=test)
    assert shown["user_id"].is_unique().all()
    orders = tables["orders"].select("user_id", "order_ts")
    bought = shown.join(orders, on="user_id").filter(
        pl.col("order_ts") >= pl.col("event_ts"),
        pl.col("order_ts") < pl.col("event_ts") + timedelta(days=7),
    )["user_id"].unique()  # fmt: skip
    groups = shown.with_columns(hit=pl.col("user_id").is_in(bought.implode())).group_by(
        "variant").agg(pl.len(), pl.col("hit").sum())  # fmt: skip
    found = {row["variant"]: (row["len"], row["hit"]) for row in groups.to_dicts()}
    people = param({"EXP-REPLAY": "PT14.n", "EXP-COVER": "PT15.n", "EXP-SPLIT": "PT16.n"}[test])
    sold = {
        "EXP-REPLAY": [
            int(np.floor(n * rate + 0.5))
            for n, rate in zip(param("PT14.n"), param("PT14.rates"), strict=True)
        ],
        "EXP-COVER": param("PT15.buyers"),
        "EXP-SPLIT": [round(n * param("PT16.rate")) for n in param("PT16.n")],
    }[test]
    assert found == {"control": (people[0], sold[0]), "treat": (people[1], sold[1])}


def test_pt24_burst(tables, param) -> None:
    minutes = tables["stream_minutes"].filter(stream_id="FD911").sort("minute_ts")
    enters = minutes["enters"].to_numpy()

    def outliers(width: int) -> int:
        bins = enters.reshape(-1, width).sum(axis=1)
        middle = np.median(bins)
        return int((bins - middle > 4 * 1.4826 * np.median(np.abs(bins - middle))).sum())

    assert outliers(5) == 1
    assert outliers(30) == 0
    peak = enters.reshape(-1, 5).sum(axis=1)
    rest = np.delete(peak, peak.argmax())
    assert peak.max() - rest.mean() == pytest.approx(param("PT24.burst"), abs=60)


def shingles(text: str, size: int = 3) -> set[str]:
    letters = "".join(one for one in text if one.isalnum())
    return {letters[at : at + size] for at in range(len(letters) - size + 1)}


def test_pt33_scripts(tables, param) -> None:
    texts = tables["scripts"]["text"].to_list()
    assert len(texts) == param("PT33.scripts")
    assert sum("砍价" in text and "赠品" in text for text in texts) == param("PT33.bargain")
    sets = [shingles(text) for text in texts]
    overlap = [len(a & b) / len(a | b) for a, b in combinations(sets, 2)]
    near = [one for one in overlap if one >= 0.7]
    assert len(near) == param("PT33.pairs")
    assert max(one for one in overlap if one < 0.7) < 0.6


def test_pt44_faults(tables, param) -> None:
    orders, streams = tables["orders"], tables["streams"]
    again = orders.height - orders.unique(["order_id", "line_no"]).height
    assert again == param("PT44.duplicate_lines")
    assert orders.filter(pl.col("paid_amount") < 0).height == param("PT44.negative_amounts")
    orphans = orders.join(streams, on="stream_id", how="anti")["stream_id"].drop_nulls()
    assert orphans.n_unique() == param("PT44.orphan_streams")
    clean = orders.unique(["order_id", "line_no"]).filter(pl.col("paid_amount") >= 0)
    sums = clean.group_by("stream_id").agg(pl.col("paid_amount").sum())
    joined = streams.join(sums, on="stream_id", how="left")
    off = (joined["gmv"] - joined["paid_amount"].fill_null(0)).abs() > 0.01 * joined["gmv"]
    assert off.sum() == param("PT44.gmv_mismatch_streams")


def test_world_spans_the_declared_weeks(tables) -> None:
    days = tables["orders"]["order_ts"].dt.convert_time_zone("Asia/Shanghai").dt.date()
    assert (days.min(), days.max()) == (date(2026, 5, 4), date(2026, 11, 15))
