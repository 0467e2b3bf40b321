"""Near-duplicate scripts by exact overlap, and the share with the haggling pattern."""

from __future__ import annotations

import polars as pl
import pytest
from footprint.analysis.shingles import alike_pairs, normal, shingles
from footprint.questions import ask
from footprint.scope import Scope
from footprint.store.memory import MemoryData
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.text(alphabet="红橙黄绿青蓝紫ab12 ，。", min_size=0, max_size=40)


def _jaccard(a: str, b: str) -> float:
    one, other = shingles(a), shingles(b)
    return len(one & other) / len(one | other) if one | other else 0.0


@given(st.lists(WORDS, min_size=0, max_size=12), st.floats(0.05, 1))
def test_pairs_equal_the_plain_definition(texts, threshold):
    ids = [f"t{i:02d}" for i in range(len(texts))]
    found = {(a, b): j for a, b, j in alike_pairs(ids, texts, threshold).iter_rows()}
    expected = {
        (ids[i], ids[j]): overlap
        for i in range(len(texts))
        for j in range(i + 1, len(texts))
        if (overlap := _jaccard(texts[i], texts[j])) >= threshold
    }
    assert found == pytest.approx(expected)


def test_width_case_and_punctuation_do_not_matter():
    assert normal("ＡＢＣ，第 １ 款！") == "abc第1款"
    assert shingles("好物") == {"好物"}
    assert shingles("!!") == frozenset()


def _scripts() -> dict[str, pl.DataFrame]:
    base = "今天这款口红显色又滋润，黄皮也能放心选，现场试色给大家看看效果"
    rows = [
        ("a", "1", base, "x"),
        ("a", "2", "现在下单就送赠品", "x"),
        ("b", "1", base + "现在下单还送赠品", None),
        ("c", "1", "产地直采的苹果，清晨采摘，当天发车，我们从果园带你看看", None),
        ("d", "1", "这件外套为什么值这个价？看走线、看里布、看拉链", None),
    ]
    streams = pl.DataFrame(
        {
            "stream_id": ["x", "y"],
            "script_id": [None, "c"],
            "host_id": ["h1", "h2"],
            "start_ts": ["2026-10-05", "2026-11-02"],
        }
    ).with_columns(pl.col("start_ts").str.to_datetime())
    names = ["script_id", "segment", "text", "stream_id"]
    return {"scripts": pl.DataFrame(rows, schema=names, orient="row"), "streams": streams}


def test_segments_are_joined_and_repeats_are_found():
    found = ask(MemoryData(_scripts()), "script_similarity", Scope(), {})
    assert found.scalars["scripts"].value == 4
    assert found.scalars["near_duplicate_pairs"].value == 1
    assert found.frames["pairs"].row(0)[:2] == ("a", "b")
    assert found.scalars["bargain_share"].value == 0.5
    assert found.frames["scripts"]["terms"].to_list() == [["赠品"], ["赠品"], [], []]
    assert found.frames["hosts"]["bargain_share"].to_list() == [1, 0]
    assert [finding.kind for finding in found.findings] == ["script_similarity"]


def test_a_scope_keeps_the_scripts_its_streams_used():
    found = ask(MemoryData(_scripts()), "script_similarity", Scope().only(host_id="h2"), {})
    assert found.frames["scripts"]["script_id"].to_list() == ["c"]
    assert found.findings == ()


def test_the_words_are_a_setting():
    plain = MemoryData(_scripts())
    data = MemoryData(_scripts(), settings=plain.settings.with_(bargain_terms="口红,苹果"))
    assert ask(data, "script_similarity", Scope(), {}).scalars["bargain_share"].value == 0.75
