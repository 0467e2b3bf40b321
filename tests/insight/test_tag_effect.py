"""Tags are compared like for like; the same rates on both sides stay silent."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from footprint.analysis.rates import adjusted, compare, screen
from footprint.errors import DataMissing, UsageError
from footprint.questions import ask
from footprint.scope import Scope
from footprint.store.memory import MemoryData
from insight_tables import tagged_streams
from scipy.stats import norm


def _answer(streams: pl.DataFrame, **params):
    return ask(MemoryData({"streams": streams}), "tag_effect", Scope(), params)


def test_a_doubled_rate_is_found_with_its_adjusted_ratio():
    found = _answer(tagged_streams(30, 15))
    value = {name: scalar.value for name, scalar in found.scalars.items()}
    assert value["tag"] == "origin_tracing"
    assert value["rate_tag"] == pytest.approx(0.12)
    assert value["rate_plain"] == pytest.approx(0.06)
    assert value["ratio"] == pytest.approx(2.0)
    assert value["adjusted_ratio"] == pytest.approx(2.0)
    assert value["diff_pp"] == pytest.approx(6.0)
    assert value["p_value"] < 1e-6
    assert value["verdict"] == "higher"
    assert found.scalars["ratio"].low < 2 < found.scalars["ratio"].high
    assert [finding.kind for finding in found.findings] == ["tag_effect"]


def test_equal_rates_stay_silent():
    found = _answer(tagged_streams(12, 12))
    assert found.scalars["verdict"].value == "no_difference"
    assert found.findings == ()


def test_few_streams_are_not_judged():
    found = _answer(tagged_streams(30, 15).head(8))
    assert found.scalars["verdict"].value == "too_small"
    assert "rate_tag" not in found.scalars
    assert found.findings == ()


def test_hosts_that_differ_do_not_pass_for_a_tag_effect():
    """H1 10 % and H2 2 % with and without the tag, but H1 carries it far more often (Simpson)."""
    rows = []
    for i in range(40):
        host, tag = ("H1" if i % 2 else "H2"), (i % 10 < 8 if i % 2 else i % 10 < 2)
        rows.append({**tagged_streams(0, 0).row(0, named=True), "stream_id": f"x{i}",
                     "host_id": host, "tags": ["t"] if tag else [], "viewers": 1000,
                     "buyers": 100 if host == "H1" else 20})  # fmt: skip
    found = _answer(pl.DataFrame(rows))
    assert found.scalars["ratio"].value > 1.5
    assert found.scalars["adjusted_ratio"].value == pytest.approx(1.0)
    assert found.scalars["verdict"].value == "mixed"
    assert found.findings == ()


def test_the_published_stratified_table_of_an_epidemiology_course():
    """Mantel-Haenszel ratio and its Greenland-Robins interval against a direct computation."""
    units = pl.DataFrame(
        {
            "tagged": [True, False, True, False],
            "stratum": ["young", "young", "old", "old"],
            "hits": [8, 5, 22, 16],
            "trials": [106, 120, 98, 85],
        }
    )
    found, strata = adjusted(units, ["stratum"])
    a, n1, b, n0 = (np.array(v, float) for v in ([22, 8], [98, 106], [16, 5], [85, 120]))
    n = n1 + n0
    ratio = (a * n0 / n).sum() / (b * n1 / n).sum()
    variance = ((n1 * n0 * (a + b) - a * b * n) / n**2).sum() / (
        (a * n0 / n).sum() * (b * n1 / n).sum()
    )
    assert found.ratio == pytest.approx(ratio, rel=1e-12)
    assert found.low == pytest.approx(ratio * np.exp(-norm.ppf(0.975) * variance**0.5))
    assert (found.strata, found.covered, strata.height) == (2, 1.0, 2)


def test_streams_that_swing_widen_the_interval():
    calm = pl.DataFrame({"tagged": [True, False] * 20, "hits": [20, 10] * 20, "trials": [100] * 40})
    swing = [[2, 1], [38, 19]] * 10
    wild = calm.with_columns(hits=pl.Series([hit for pair in swing for hit in pair]))
    assert compare(calm).diff == pytest.approx(compare(wild).diff)
    assert compare(wild).p > compare(calm).p
    assert compare(wild).high - compare(wild).low > compare(calm).high - compare(calm).low


def test_buyers_are_counted_from_orders_when_not_exported():
    streams = tagged_streams(3, 1).with_columns(buyers=pl.lit(None, pl.Int64))
    orders = pl.DataFrame(
        {
            "order_id": ["1", "2", "3"],
            "stream_id": ["fresh0"] * 3,
            "user_id": ["a", "a", "b"],
        }
    )
    data = MemoryData({"streams": streams, "orders": orders})
    found = ask(data, "tag_effect", Scope(), {}).frames["streams"]
    assert found.filter(id="fresh0")["hits"].item() == 2
    assert found.filter(id="fresh1")["hits"].item() == 0


def test_videos_are_compared_by_completion():
    contents = pl.DataFrame(
        {
            "content_id": [f"c{i}" for i in range(40)],
            "platform": "douyin",
            "views": 1000,
            "completes": [610, 500] * 20,
            "tags": [["star_scene"], []] * 20,
        }
    ).with_columns(publish_ts=pl.lit("2026-10-05").str.to_datetime())
    data = MemoryData({"contents": contents})
    found = ask(data, "tag_effect", Scope(), {"metric": "completion", "tag": "star_scene"})
    assert found.scalars["ratio"].value == pytest.approx(1.22)
    with pytest.raises(DataMissing):
        ask(data, "tag_effect", Scope(), {})


def test_an_unknown_tag_names_the_near_ones():
    with pytest.raises(UsageError, match="origin_tracing"):
        _answer(tagged_streams(3, 1), tag="origin_traceing")


def test_neither_reading_cries_wolf_when_streams_swing_by_chance():
    """No effect, 30 % swing between streams: about 5 % of the readings pass."""
    rng = np.random.default_rng(7)
    plain, alike = 0, 0
    for _ in range(500):
        rate = 0.05 * np.exp(rng.normal(0, 0.3, 60))
        trials = rng.integers(150, 600, 60)
        units = pl.DataFrame(
            {
                "tagged": np.arange(60) % 2 == 0,
                "stratum": rng.integers(0, 8, 60),
                "hits": rng.binomial(trials, rate),
                "trials": trials,
            }
        )
        plain += compare(units).p < 0.05
        alike += (adjusted(units, ["stratum"])[0].p or 1) < 0.05
    assert plain <= 0.09 * 500
    assert alike <= 0.09 * 500


def test_the_best_of_many_tags_is_not_a_find():
    """Thirty tags without effect: raw p values fall below 5 %, adjusted ones do not."""
    rng = np.random.default_rng(11)
    tags = [[f"t{k:02d}" for k in range(30) if rng.random() < 0.5] for _ in range(80)]
    units = pl.DataFrame({"tags": tags, "hits": rng.binomial(400, 0.05, 80), "trials": 400})
    found = screen(units, least=5)
    assert found.height == 30
    assert found["p_value"].min() < 0.05
    assert found["p_adjusted"].min() > 0.05
    assert screen(units, least=60).is_empty()
