"""Hosts, ages, willingness, returns, trials, scripts and pace on shops whose answers are known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from content_tables import MONDAY, orders, products, streams
from footprint.analysis.content_nps import promoter_score
from footprint.analysis.rates import interval
from footprint.analysis.script_slots import templates
from footprint.analysis.topic_words import main_topic
from footprint.errors import UsageError
from footprint.questions import ask
from footprint.result import Result
from footprint.scope import Scope
from footprint.store.memory import MemoryData
from statsmodels.stats.proportion import proportions_ztest


def values(result: Result) -> dict:
    return {name: scalar.value for name, scalar in result.scalars.items()}


def _hosts(scale: int, evenly: bool) -> MemoryData:
    """H1 90/1000 beauty and 90/3000 home, H2 240/3000 and 20/1000, times ``scale``."""
    cells = [("H1", "beauty", 90, 1000), ("H1", "home", 90, 3000)]
    cells += [("H2", "beauty", 240, 3000), ("H2", "home", 20, 1000)]
    if evenly:
        cells = [(h, c, 100, 2000) for h in ("H1", "H2") for c in ("beauty", "home")]
    rows = [
        {"host_id": host, "category": kind, "buyers": sold * scale, "viewers": seen * scale}
        for host, kind, sold, seen in cells
        for _ in range(3)
    ]
    return MemoryData({"streams": streams(rows)})


def test_the_raw_leader_loses_within_like_categories() -> None:
    found = ask(_hosts(4, evenly=False), "host_ranking", Scope(), {})
    assert values(found)["leader_raw"] == "H2" and values(found)["leader_fair"] == "H1"
    assert values(found)["reversed"] == 1
    table = {row["host_id"]: row for row in found.frames["hosts"].to_dicts()}
    assert (table["H1"]["rate"], table["H2"]["rate"]) == pytest.approx((0.045, 0.065))
    mixed = (table["H1"]["rate_same_mix"], table["H2"]["rate_same_mix"])
    assert mixed == pytest.approx((0.06, 0.05))
    assert table["H1"]["ratio"] == pytest.approx(1.2)
    assert [finding.kind for finding in found.findings] == ["host_ranking"]


def test_equal_hosts_and_hosts_that_share_nothing_are_not_ranked() -> None:
    even = ask(_hosts(1, evenly=True), "host_ranking", Scope(), {})
    assert values(even)["reversed"] == 0 and not even.findings
    rows = [
        {"host_id": f"H{n}", "category": f"c{n}", "buyers": 50 * (n + 1), "viewers": 1000}
        for n in range(4)
    ]
    apart = ask(MemoryData({"streams": streams(rows)}), "host_ranking", Scope(), {})
    assert values(apart)["leader_fair"] == "H3" and not apart.findings
    assert apart.frames["hosts"]["ratio"].null_count() == 4


def _surveys(**groups: tuple[int, int, int]) -> MemoryData:
    rows, n = [], 0
    for tag, counts in groups.items():
        for score, count in zip((10.0, 8.0, 3.0), counts, strict=True):
            for _ in range(count):
                n += 1
                when = MONDAY + timedelta(minutes=n)
                rows.append({"ts": when, "kind": "nps", "score": score, "tag": tag})
    return MemoryData({"surveys": pl.DataFrame(rows)})


def test_promoters_and_nps_are_told_apart_with_the_documented_interval() -> None:
    found = ask(_surveys(a=(85, 9, 6), b=(48, 30, 22)), "content_nps", Scope(), {"tag": "a"})
    nps = found.scalars["nps"]
    assert values(found)["promoters"] == pytest.approx(0.85)
    assert nps.value == pytest.approx(79.0) and nps.high - nps.value == pytest.approx(10.5, abs=0.1)
    assert values(found)["verdict"] == "effect_up"
    assert promoter_score(pl.Series([10.0] * 48 + [8.0] * 30 + [0.0] * 22))[2] == pytest.approx(26)


def test_many_tags_of_one_kind_stay_silent_and_few_answers_are_withheld() -> None:
    draw = np.random.default_rng(8)
    loud = 0
    for _ in range(40):
        groups = {f"t{n}": tuple(draw.multinomial(60, (0.5, 0.3, 0.2))) for n in range(8)}
        tags = ask(_surveys(**groups), "content_nps", Scope(), {}).frames["tags"]
        loud += bool((tags["p_adjusted"] < 0.05).any())
    assert loud <= 6
    few = ask(_surveys(a=(10, 0, 0), b=(40, 30, 10)), "content_nps", Scope(), {"tag": "a"})
    assert values(few)["nps"] is None and values(few)["verdict"] == "too_small"


def _returns(before: tuple[int, int], after: tuple[int, int], **goods: object) -> list[dict]:
    rows = []
    for side, (back, sold) in enumerate((before, after)):
        for n in range(sold):
            amount = 100.0 if n < back else None
            when = MONDAY + timedelta(days=30 * side, minutes=n)
            reason = ("尺码偏大", "质量问题")[n % 5 > 1] if n < back else None
            rows.append({"order_ts": when, "refund_amount": amount, "refund_reason": reason,
                         **goods})  # fmt: skip
    return rows


def test_a_fall_in_returns_is_found_with_the_oracles_p_and_the_reason() -> None:
    data = MemoryData({"orders": orders(_returns((250, 1000), (180, 1000)))})
    found = ask(data, "return_change", Scope(), {"change": "2026-11-01"})
    expected = proportions_ztest([180, 250], [1000, 1000])[1]
    assert values(found)["p_value"] == pytest.approx(expected, rel=1e-6)
    assert values(found)["relative"] == pytest.approx(-0.28)
    assert values(found)["verdict"] == "effect_down" and len(found.findings) == 1
    assert values(found)["top_topic"] == "quality"
    assert values(found)["size_share"] == pytest.approx(0.4, abs=0.01)


def test_equal_returns_and_thin_returns_claim_nothing() -> None:
    even = MemoryData({"orders": orders(_returns((250, 1000), (250, 1000)))})
    assert values(ask(even, "return_change", Scope(), {"change": "2026-11-01"}))["verdict"] == (
        "no_effect"
    )
    thin = MemoryData({"orders": orders(_returns((8, 20), (0, 20)))})
    found = ask(thin, "return_change", Scope(), {"change": "2026-11-01"})
    assert values(found)["verdict"] == "too_small" and values(found)["rate_before"] is None
    assert main_topic(pl.Series(["尺寸不对", "朋友送了一个"])).to_list() == ["size", "other"]


def test_trial_days_are_the_seven_from_the_start() -> None:
    rows = []
    for day in range(30):
        for n in range(20):
            back = n < (4 if day < 7 else 2)
            rows.append({"order_ts": MONDAY + timedelta(days=day, minutes=n), "sku_id": "a",
                         "refund_amount": 100.0 if back else None})  # fmt: skip
    goods = products(["a"]).with_columns(trial_start=pl.lit(date(2026, 10, 5)))
    data = MemoryData({"orders": orders(rows), "products": goods})
    found = ask(data, "trial_returns", Scope(), {})
    assert found.scalars["rate_trial"].n == 140
    assert values(found)["rate_trial"] == pytest.approx(0.2)
    assert values(found)["rate_formal"] == pytest.approx(0.1)
    assert values(found)["relative"] == pytest.approx(-0.5)
    assert values(found)["verdict"] == "effect_down"


def _views(eco_young: int, eco_others: int) -> MemoryData:
    rows = []
    for band, people, eco in (("18-27", 200, eco_young), ("28-45", 400, eco_others)):
        rows += [
            {"event_ts": MONDAY + timedelta(minutes=n), "user_id": f"{band}{n}",
             "event_type": "video_view", "age_band": band, "content_id": "e" if n < eco else "p"}
            for n in range(people)
        ]  # fmt: skip
    videos = pl.DataFrame({
        "content_id": ["e", "p"], "publish_ts": [MONDAY] * 2, "platform": ["douyin"] * 2,
        "views": [9, 9], "completes": [5, 5], "tags": [["eco"], ["plain"]],
    })  # fmt: skip
    return MemoryData({"events": pl.DataFrame(rows), "contents": videos})


def test_the_young_prefer_what_they_watch_more_of() -> None:
    found = ask(_views(90, 120), "age_index", Scope(), {"band": "18-27", "tag": "eco"})
    assert values(found)["index"] == pytest.approx(1.5)
    assert [finding.kind for finding in found.findings] == ["age_index"]
    same = ask(_views(60, 120), "age_index", Scope(), {"tag": "eco"})
    assert values(same)["index"] == pytest.approx(1.0) and not same.findings
    with pytest.raises(UsageError):
        ask(_views(60, 120), "age_index", Scope(), {"band": "99"})


def test_every_template_recognises_its_own_words_and_misses_what_is_not_there() -> None:
    for name, template in templates().items():
        text = "。".join(slot.cues[0] for slot in template.slots)
        full = ask(MemoryData({}), "script_slots", Scope(), {"template": name, "text": text})
        assert values(full)["completeness"] == 1.0
    empty = ask(MemoryData({}), "script_slots", Scope(), {"text": "大家好"})
    assert values(empty)["completeness"] == 0.0


def test_a_pasted_script_is_compared_with_our_own() -> None:
    own = "今天带来山里的新米，老乡手工脱壳，煮出来满屋子香"
    scripts = pl.DataFrame(
        {"script_id": ["x", "y"], "text": [own, "完全不同的另一段话，讲的是衣服"]}
    )
    data = MemoryData({"scripts": scripts})
    found = ask(data, "script_check", Scope(), {"text": f"{own}，国家级好米"})
    assert found.frames["alike"]["script_id"].to_list() == ["x"]
    assert 0.6 < values(found)["nearest"] < 1.0
    assert values(found)["hits"] >= 1
    copy = ask(data, "script_check", Scope(), {"text": own})
    assert values(copy)["nearest"] == 1.0


def _paced(slope: float, seed: int, by_length: bool = False) -> MemoryData:
    """Scripts of different lengths; dwell falls by ``slope`` minutes per word a minute."""
    draw = np.random.default_rng(seed)
    shows, minutes, scripts = [], [], []
    for n in range(60):
        length = int(draw.integers(60, 180)) if by_length else 100
        words = int(draw.integers(5, 40)) * length if not by_length else 2000
        shows.append({"minutes": length, "viewers": 100, "script_id": f"c{n}"})
        stay = 20 + 0.05 * length * by_length - slope * words / length + draw.normal(0, 0.5)
        minutes.append((f"s{n}", stay * 100))
        scripts.append((f"c{n}", "字" * words))
    table = pl.DataFrame({
        "stream_id": [one for one, _ in minutes], "minute_ts": [MONDAY] * 60,
        "online": [round(total) for _, total in minutes],
    })  # fmt: skip
    texts = pl.DataFrame(scripts, schema=["script_id", "text"], orient="row")
    return MemoryData({"streams": streams(shows), "stream_minutes": table, "scripts": texts})


def test_faster_talk_that_shortens_the_stay_is_found() -> None:
    found = ask(_paced(0.2, 1), "overload", Scope(), {})
    words = found.scalars["words_slope"]
    assert values(found)["verdict"] == "effect_down"
    assert words.low < words.value < words.high < 0


def test_pace_that_only_follows_the_length_of_the_stream_stays_silent() -> None:
    loud = [
        values(ask(_paced(0.0, seed, by_length=True), "overload", Scope(), {}))["verdict"]
        for seed in range(30)
    ]
    assert sum(word != "no_effect" for word in loud) <= 5


def test_layers_and_used_ugc_are_counted_and_compared() -> None:
    rows = []
    for n in range(60):
        used = n % 2 == 0
        rows.append({
            "content_id": f"v{n}", "publish_ts": MONDAY + timedelta(days=n), "platform": "douyin",
            "type": "x", "views": 1000, "completes": 600 if used else 500, "is_ugc": used,
            "layer": "advanced" if used else "basic",
            "ugc_state": ("used" if n % 4 == 0 else "approved") if used else None,
        })  # fmt: skip
    found = ask(MemoryData({"contents": pl.DataFrame(rows)}), "content_layers", Scope(), {})
    seen = values(found)
    assert (seen["ugc_submitted"], seen["ugc_approved"], seen["ugc_used"]) == (30, 30, 15)
    assert seen["verdict"] == "effect_up" and seen["ugc_ratio"] > 1
    layers = dict(found.frames["videos"].select("layer", "rate").iter_rows())
    assert layers == {"advanced": pytest.approx(0.6), "basic": pytest.approx(0.5)}


def test_goods_little_shown_that_earn_well_are_listed() -> None:
    rows = []
    for n in range(8):
        paid = 200.0 if n == 7 else 100.0
        rows += [
            {"sku_id": f"k{n}", "stream_id": f"s{m % (2 if n == 7 else 10)}", "paid_amount": paid}
            for m in range(20)
        ]
    data = MemoryData({"orders": orders(rows), "products": products([f"k{n}" for n in range(8)])})
    low = ask(data, "sku_profit", Scope(), {}).frames["low_exposure"]
    assert low["sku_id"].to_list()[0] == "k7"
    assert low["unit_profit"][0] == pytest.approx(140.0)


def test_an_interval_over_videos_covers_however_many_plays_each_has() -> None:
    """Videos differ by five points; counting plays alone would cover almost never."""
    draw, hits, runs = np.random.default_rng(6), 0, 300
    for _ in range(runs):
        rates = draw.normal(0.5, 0.05, 40)
        units = pl.DataFrame({"trials": [10_000] * 40, "hits": (rates * 10_000).astype(int)})
        low, high = interval(units)
        assert low is not None and high is not None
        hits += low <= 0.5 <= high
    assert hits / runs >= 0.90
    assert interval(units.clear()) == (None, None)
