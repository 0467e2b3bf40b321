"""What content and goods truths plant, counted apart from the questions by polars and scipy."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from scipy.stats import spearmanr


@pytest.fixture
def tables(planted) -> dict[str, pl.DataFrame]:
    return planted[0]


@pytest.fixture
def param(planted):
    return planted[1].__getitem__


def _of(tables: dict[str, pl.DataFrame], category: str) -> pl.DataFrame:
    ids = tables["products"].filter(pl.col("category") == category)["sku_id"]
    return tables["orders"].filter(pl.col("sku_id").is_in(ids.implode()))


def test_pt17_apparel_comes_back_less_once_sizes_are_shown(tables, param) -> None:
    shown = tables["streams"].filter(pl.col("tags").list.contains("size_demo"))
    lines = _of(tables, "apparel").with_columns(
        late=pl.col("stream_id").is_in(shown["stream_id"].implode()),
        back=pl.col("refund_amount") > 0,
    )
    rates = dict(lines.group_by("late").agg(pl.col("back").fill_null(value=False).mean()).rows())
    assert rates[False] == pytest.approx(param("PT17.before"), abs=0.005)
    assert rates[True] == pytest.approx(param("PT17.after"), abs=0.005)
    reasons = lines.filter("back")["refund_reason"]
    size = reasons.str.contains("尺码").mean()
    assert size == pytest.approx(param("PT17.size_share"), abs=0.01)


@pytest.mark.parametrize(
    ("tag", "name"),
    [("village_visit", "PT19.origin"), ("studio", "PT19.other"), ("plain_cover", "PT19.twin")],
)
def test_pt19_every_group_of_scores_is_exact(tables, param, tag: str, name: str) -> None:
    scores = tables["surveys"].filter(pl.col("kind") == "nps", pl.col("tag") == tag)["score"]
    groups = [(scores >= 9).sum(), scores.is_between(7, 8).sum(), (scores <= 6).sum()]
    assert groups == param(name)


@pytest.mark.parametrize(("category", "planted_rho"), [("fresh", True), ("beauty", False)])
def test_pt20_tempo_ranks_with_dwell_in_fresh_only(tables, param, category, planted_rho) -> None:
    watched = tables["stream_minutes"].group_by("stream_id").agg(pl.col("online").sum())
    frame = tables["streams"].filter(pl.col("category") == category).join(watched, on="stream_id")
    found = spearmanr(frame["bgm_tempo"], frame["online"] / frame["viewers"]).statistic
    assert found == pytest.approx(param("PT20.rho") if planted_rho else 0.0, abs=0.08)


def test_pt23_the_better_host_has_the_lower_raw_conversion(tables, param) -> None:
    streams = tables["streams"].filter(pl.col("host_id").is_in(["H18", "H19"]))
    found = streams.group_by("host_id", "category").agg(pl.col("buyers", "viewers").sum())
    counts = {(row[0], row[1]): [row[2], row[3]] for row in found.rows()}
    for host, (easy, hard) in zip(("H18", "H19"), param("PT23.counts"), strict=True):
        assert counts[host, "fmcg"] == easy
        assert counts[host, "food"] == hard


def test_pt40_the_young_see_eco_and_others_craft_alike(tables, param) -> None:
    tags = tables["contents"].select("content_id", "tags")
    seen = tables["events"].drop_nulls("age_band").join(tags, on="content_id")
    share = {
        (band, tag): part["tags"].list.contains(tag).mean()
        for (band,), part in seen.group_by(["age_band"])
        for tag in ("eco", "craft")
    }
    assert share["18-27", "eco"] / share["28-45", "eco"] == pytest.approx(param("PT40.index"))
    assert share["18-27", "craft"] == pytest.approx(share["28-45", "craft"])


def test_pt43_returns_of_the_trial_week_and_after(tables, param) -> None:
    started = tables["products"].filter(pl.col("category") == "fmcg")["trial_start"].unique().item()
    day = pl.col("order_ts").dt.convert_time_zone("Asia/Shanghai").dt.date()
    lines = _of(tables, "fmcg").filter(day >= started).with_columns(
        back=(pl.col("refund_amount") > 0).fill_null(value=False),
        trial=day < started + timedelta(days=7),
    )  # fmt: skip
    rates = dict(lines.group_by("trial").agg(pl.col("back").mean()).rows())
    assert rates[True] == pytest.approx(param("PT43.r")[0], abs=0.005)
    assert rates[False] == pytest.approx(param("PT43.r")[1], abs=0.0005)
