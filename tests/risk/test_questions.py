"""The risk questions on hand-made tables, each with its null twin."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import numpy as np
import polars as pl
import pytest
from footprint.errors import DataMissing, UsageError
from footprint.questions import ask
from footprint.settings import Settings
from footprint.store.memory import MemoryData

from .shop import NOON, WEEK, answer, comments, minutes, orders, stream


def test_complaints_alert_ok_and_low_n() -> None:
    """PT10: 9/500 alerts though its interval reaches below the limit, 7/500 not, 1/20 withheld."""
    parts = [("a", 500, 9), ("b", 500, 7), ("c", 20, 1)]
    table = pl.concat([orders(s, n, complaints=k) for s, n, k in parts])
    found = answer({"orders": table}, "complaints")
    states = dict(found.frames["groups"].select("group", "state").rows())
    assert states == {"a": "alert", "b": "ok", "c": "low_n"}
    row = found.frames["groups"].row(by_predicate=pl.col("group") == "a", named=True)
    assert (row["low"], row["high"]) == pytest.approx((0.0095, 0.0339), abs=1e-4)
    (finding,) = found.findings
    assert finding.kind == "complaint_rate"
    assert "1.8%" in finding.problem.zh and "9" in finding.problem.en
    assert finding.impact_cny == pytest.approx(900)


def test_complaints_equal_sql() -> None:
    table = pl.concat([orders("a", 30, complaints=2, region="x"), orders("b", 50, region="y")])
    found = answer({"orders": table}, "complaints", by="region").frames["groups"]
    sql = (
        "select region, count(distinct case when is_complaint then order_id end) k, "
        "count(distinct order_id) n from orders group by 1 order by 1"
    )
    connection = duckdb.connect()
    connection.register("orders", table.to_arrow())
    oracle = connection.sql(sql).fetchall()
    assert sorted(found.select("group", "complaints", "orders").rows()) == oracle


BENCH = pl.DataFrame(
    {"metric": ["conversion"], "scope": ["category=beauty"], "mean": [0.05], "sd": [0.01]}
)


def test_benchmark_is_the_industry_not_the_shop() -> None:
    """PT21: 3 of 62 alert, the two near ones not; the shop's own spread would flag 5."""
    rates = [0.024, 0.027, 0.029, 0.031, 0.033] + [0.05] * 57
    rows = [stream(f"s{i}", viewers=1000, buyers=round(1000 * r)) for i, r in enumerate(rates)]
    found = answer({"streams": pl.DataFrame(rows), "benchmarks": BENCH}, "benchmark_alert")
    assert found.scalars["alerts"].value == 3
    assert found.scalars["own_sigma_would_flag"].value == 5
    (finding,) = found.findings
    assert finding.evidence is not None
    assert finding.evidence["stream_id"].to_list() == ["s0", "s1", "s2"]


def test_benchmark_leaves_small_and_unknown_alone() -> None:
    rows = [
        stream("small", viewers=40, buyers=0),
        stream("x", category="toys", viewers=900, buyers=0),
    ]
    found = answer({"streams": pl.DataFrame(rows), "benchmarks": BENCH}, "benchmark_alert")
    assert sorted(found.frames["streams"]["state"]) == ["low_n", "no_benchmark"]
    assert found.findings == ()


def test_few_viewers_explain_a_low_value() -> None:
    """Below the bound with 120 viewers is chance; the same rate with 4,000 is an alert."""
    rows = [stream("few", viewers=120, buyers=3), stream("many", viewers=4000, buyers=100)]
    rows += [stream(f"s{i}", viewers=400, buyers=20) for i in range(8)]
    found = answer({"streams": pl.DataFrame(rows), "benchmarks": BENCH}, "benchmark_alert")
    states = dict(found.frames["streams"].select("stream_id", "state").rows())
    assert (states["few"], states["many"], states["s0"]) == ("chance", "alert", "ok")


def test_benchmark_false_alarms_stay_rare() -> None:
    """Sound streams of 250 viewers: at most a few of 60 weeks of 10 streams raise an alert."""
    draw = np.random.default_rng(5)
    false = 0
    for _ in range(60):
        rates = draw.normal(0.05, 0.005, 10)
        buyers = draw.binomial(250, rates)
        rows = [stream(f"s{i}", viewers=250, buyers=int(k)) for i, k in enumerate(buyers)]
        found = answer({"streams": pl.DataFrame(rows), "benchmarks": BENCH}, "benchmark_alert")
        false += len(found.findings)
    assert false <= 6


def test_benchmark_without_a_row_for_the_metric_says_so() -> None:
    tables = {"streams": pl.DataFrame([stream("s")]), "benchmarks": BENCH, "orders": orders("s", 3)}
    with pytest.raises(UsageError, match="benchmarks hold no row"):
        answer(tables, "benchmark_alert", metric="aov")


def test_higher_is_worse_for_returns() -> None:
    bench = pl.DataFrame({"metric": ["return_rate"], "scope": ["all"], "mean": [0.1], "sd": [0.02]})
    table = pl.concat([orders("s1", 100, returns=20), orders("s2", 100, returns=2)])
    tables = {
        "streams": pl.DataFrame([stream("s1"), stream("s2")]),
        "orders": table,
        "benchmarks": bench,
    }
    found = answer(tables, "benchmark_alert", metric="return_rate")
    assert dict(found.frames["streams"].select("stream_id", "state").rows()) == {
        "s1": "alert",
        "s2": "ok",
    }


def test_one_red_comment_is_an_alert_with_deadlines() -> None:
    found = answer({"comments": comments((0, "我要打１２３１５投诉"))}, "opinion_alerts")
    assert found.scalars["red"].value == 1
    row = found.frames["alerts"].row(0, named=True)
    assert row["deadline"] == NOON + timedelta(hours=24)
    assert row["statement_deadline"] == NOON + timedelta(hours=2)
    assert found.findings[0].colour == "red"


def test_red_null_twin_is_silent() -> None:
    found = answer({"comments": comments((0, "3月15号买的投影仪"))}, "opinion_alerts")
    assert found.scalars["red"].value == 0 and found.findings == ()


def test_yellow_burst_counts_once_and_pledges_do_not() -> None:
    burst = [(m, "这是假货") for m in range(8)]
    pledges = [(m / 4, "本店假一赔十") for m in range(30)] + [
        (m / 4, "绝无假货") for m in range(20)
    ]
    found = answer({"comments": comments(*burst)}, "opinion_alerts")
    assert (found.scalars["yellow"].value, found.scalars["red"].value) == (1, 0)
    twin = answer({"comments": comments(*pledges)}, "opinion_alerts")
    assert twin.scalars["yellow"].value == 0
    allowed = twin.frames["terms"].row(by_predicate=pl.col("term") == "假货", named=True)
    assert (allowed["hits"], allowed["allowed"]) == (0, 20)


def test_yellow_needs_its_share_and_its_settings() -> None:
    crowd = [(m / 100 - 6, "好看") for m in range(1000)]
    table = comments(*crowd, *[(m, "这是假货") for m in range(5)])
    assert answer({"comments": table}, "opinion_alerts").scalars["yellow"].value == 0
    loose = Settings().with_(yellow_share=0.001)
    assert (
        answer({"comments": table}, "opinion_alerts", settings=loose).scalars["yellow"].value == 1
    )


def test_the_same_word_in_two_streams_is_two_places() -> None:
    table = comments(
        *[(m, "这是假货", "x") for m in range(3)], *[(m, "这是假货", "y") for m in range(3)]
    )
    assert answer({"comments": table}, "opinion_alerts").scalars["yellow"].value == 0


SCRIPTS = pl.DataFrame(
    {"script_id": ["loud", "plain"], "text": ["国家级、全网最低、百分之百有效", "第一步先洗脸"]}
)


def shop_with_scripts(bad: int, good: int) -> dict[str, pl.DataFrame]:
    streams = [stream("bad", script_id="loud"), stream("good", script_id="loud")]
    streams += [stream(f"n{i}", script_id="plain") for i in range(6)]
    parts = [orders("bad", 100, returns=bad), orders("good", 100, returns=good)]
    parts += [orders(f"n{i}", 100, returns=9) for i in range(6)]
    return {"streams": pl.DataFrame(streams), "orders": pl.concat(parts), "scripts": SCRIPTS}


def test_exaggeration_needs_claims_and_returns() -> None:
    """PT06: 28 % against 9 % with three claims is flagged; its twin at 9 % is a script hit only."""
    found = answer(shop_with_scripts(28, 9), "exaggeration")
    assert (found.scalars["flagged"].value, found.scalars["script_hits_only"].value) == (1, 1)
    row = found.frames["streams"].row(0, named=True)
    assert (row["stream_id"], row["claim_hits"], row["baseline"]) == ("bad", 3, pytest.approx(0.09))
    (finding,) = found.findings
    assert finding.impact_cny == pytest.approx((0.28 - 0.09) * 100 * 80)


def test_exaggeration_without_high_returns_is_silent() -> None:
    found = answer(shop_with_scripts(10, 9), "exaggeration")
    assert found.scalars["flagged"].value == 0 and found.findings == ()


def test_high_returns_without_claims_are_no_exaggeration() -> None:
    tables = shop_with_scripts(9, 9)
    tables["orders"] = pl.concat([tables["orders"], orders("n9", 100, returns=40)])
    extra = pl.DataFrame([stream("n9", script_id="plain")])
    tables["streams"] = pl.concat([tables["streams"], extra])
    assert answer(tables, "exaggeration").scalars["flagged"].value == 0


def test_script_check_of_text_and_table() -> None:
    pasted = answer({}, "script_check", text="全网最低价！本品不能代替药物，第一次买")
    assert pasted.frames["hits"].filter(state="hit")["found"].to_list() == ["全网最低"]
    assert (pasted.scalars["hits"].value, pasted.scalars["score"].value) == (1, 3)
    found = answer({"scripts": SCRIPTS}, "script_check")
    assert dict(found.frames["scripts"].select("script_id", "hits").rows()) == {
        "loud": 3,
        "plain": 0,
    }
    assert (
        answer({"scripts": SCRIPTS}, "script_check", script_id="plain").scalars["hits"].value == 0
    )
    with pytest.raises(UsageError):
        answer({"scripts": SCRIPTS}, "script_check", script_id="none")
    with pytest.raises(DataMissing):
        answer({}, "script_check")


def test_latency_break_loss_and_null_twin() -> None:
    """PT03: the break at 3 s, ratio 2.25; likes do not know the latency."""
    streams = pl.DataFrame([stream(f"s{n}", viewers=500, buyers=5) for n in range(40)])
    tables = {"stream_minutes": minutes(), "streams": streams, "orders": orders("s0", 100)}
    found = answer(tables, "latency")
    assert found.scalars["break_s"].value == pytest.approx(3.0, abs=0.25)
    assert found.scalars["ratio"].value == pytest.approx(2.25, abs=0.15)
    slow = minutes().filter(pl.col("latency_s") > found.scalars["break_s"].value)
    extra = slow["exits"].sum() - found.scalars["exit_low"].value * slow["online"].sum()
    assert found.scalars["excess_exits"].value == pytest.approx(extra)
    assert found.scalars["lost_gmv"].value == pytest.approx(extra * 100 * 100 / (40 * 500))
    assert [f.kind for f in found.findings] == ["latency_exits"]
    likes = answer(tables, "latency", metric="likes")
    assert likes.scalars["break_s"].value is None and likes.findings == ()


def test_latency_flat_is_silent() -> None:
    found = answer({"stream_minutes": minutes(high=0.04)}, "latency")
    assert found.scalars["break_s"].value is None and found.findings == ()


def test_latency_looks_back_but_counts_its_own_week() -> None:
    old = minutes().with_columns(pl.col("minute_ts") - timedelta(days=10))
    found = answer({"stream_minutes": old}, "latency")
    assert found.scalars["break_s"].value == pytest.approx(3.0, abs=0.25)
    assert found.findings == ()


def regional(remote: float, stutter: float = 0.22) -> dict[str, pl.DataFrame]:
    rows, pieces = [], []
    for n in range(30):
        far = n % 3 == 0
        rate = remote if far else 0.06
        rows.append(stream(f"s{n}", viewers=1000, buyers=round(1000 * rate),
                           region_target="西藏" if far else "上海"))  # fmt: skip
        pieces.append({"stream_id": f"s{n}", "minute_ts": NOON, "online": 50,
                       "stutter_rate": stutter if far else 0.04})  # fmt: skip
    return {"streams": pl.DataFrame(rows), "stream_minutes": pl.DataFrame(pieces)}


def test_stutter_region_relative_and_null_twin() -> None:
    """PT03b: 3.9 % against 6 % is -35 %; equal conversion or equal stutter yields nothing."""
    found = answer(regional(0.039), "stutter_region")
    assert found.scalars["relative"].value == pytest.approx(-0.35)
    assert [f.id for f in found.findings] == ["stutter_region:西藏"]
    assert answer(regional(0.06), "stutter_region").findings == ()
    assert answer(regional(0.039, stutter=0.04), "stutter_region").findings == ()


def entries(burst: int) -> pl.DataFrame:
    """Four hours of about 20 entries a minute with a wave; ``burst`` more within five minutes."""
    values = [20 + (m * 7) % 5 + 8 * ((m // 30) % 2) for m in range(240)]
    for m in range(100, 105):
        values[m] += burst // 5
    stamps = [NOON + timedelta(minutes=m) for m in range(240)]
    return pl.DataFrame({"stream_id": "s", "minute_ts": stamps, "online": 100, "enters": values})


def test_monitor_sees_at_five_minutes_what_thirty_hide() -> None:
    """PT24: one flag at 5 min, none at 30; without the burst none at all."""
    found = answer({"stream_minutes": entries(300)}, "monitor")
    assert (found.scalars["flags_5min"].value, found.scalars["flags_30min"].value) == (1, 0)
    flagged = found.frames["bins"].filter("flag", minutes=5)
    assert flagged["start"].to_list() == [NOON + timedelta(minutes=100)]
    calm = answer({"stream_minutes": entries(0)}, "monitor")
    assert [s.value for s in calm.scalars.values()] == [0, 0, 0]
    with pytest.raises(UsageError):
        answer({"stream_minutes": entries(0)}, "monitor", stream="other")


def test_negative_index_per_thousand_and_weights() -> None:
    table = pl.DataFrame(
        {
            "ts": [NOON] * 4,
            "text": ["太差了", "很好", "多少钱", "喜欢"],
            "rating": [None, 1.0, None, None],
            "source": ["live", "social", "live", "live"],
        }
    )
    found = answer({"comments": table}, "negative_index")
    assert found.scalars["per_1000"].value == pytest.approx(500)
    assert found.scalars["index"].value == pytest.approx(500)
    assert found.scalars["coverage"].value == pytest.approx(0.75)
    heavy = Settings().with_(negative_weights=[1, 1, 1, 3])
    weighted = answer({"comments": table}, "negative_index", settings=heavy)
    assert weighted.scalars["index"].value == pytest.approx(4 / 6 * 1000)


def test_alerts_list_every_rule_and_green_is_none_open() -> None:
    table = comments((0, "我要打12315"))
    found = answer({"comments": table, "orders": orders("s", 200)}, "alerts")
    states = dict(found.frames["alerts"].select("rule", "state").rows())
    assert states["opinion_red"] == "alerting"
    assert states["opinion_yellow"] == states["complaint_rate"] == "ok"
    assert states["benchmark_alert"] == "no_data"
    assert {k: s.value for k, s in found.scalars.items()} == {"red": 1, "yellow": 0, "open": 1}
    row = found.frames["alerts"].row(0, named=True)
    assert (row["colour"], row["deadline"]) == ("red", NOON + timedelta(hours=24))


def test_risks_order_by_expected_loss_and_missing_data_is_not_safe() -> None:
    tables = shop_with_scripts(28, 9)
    found = answer(tables, "risk_matrix")
    risks = found.frames["risks"]
    row = risks.row(by_predicate=pl.col("risk_id") == "exaggeration_returns", named=True)
    assert (row["events"], row["opportunities"]) == (1, 8)
    assert row["likelihood"] == pytest.approx(2 / 28)
    assert row["expected_loss"] == pytest.approx(2 / 28 * 8 * 1520)
    assert row["residual"] == pytest.approx(row["expected_loss"] * 0.7)
    assert (
        risks.row(by_predicate=pl.col("risk_id") == "cost_overrun", named=True)["state"]
        == "no_data"
    )
    losses = risks["expected_loss"].drop_nulls().to_list()
    assert losses == sorted(losses, reverse=True)
    assert found.frames["cells"].height == 25
    placed = [r for cell in found.frames["cells"]["risks"].to_list() for r in cell]
    assert sorted(placed) == sorted(risks.drop_nulls(["cell_x", "cell_y"])["risk_id"].to_list())


def test_risk_questions_survive_an_empty_workspace() -> None:
    empty = MemoryData({})
    assert ask(empty, "alerts", WEEK, {}).scalars["open"].value == 0
    assert ask(empty, "risk_matrix", WEEK, {}).scalars["coverage"].value == 0
