"""Every question of the page: nothing is claimed on a tiny shop, and a missing file is named."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from content_tables import MONDAY, orders, products, stock, streams
from footprint.errors import DataMissing
from footprint.questions import ask, questions
from footprint.schema import TABLES
from footprint.scope import Scope
from footprint.store.memory import MemoryData

OURS = [name for name, one in questions().items() if one.page == "U5"]
CLAIMS = ("effect_up", "effect_down", "higher", "lower", "mixed")
# Lists of what is there (stock that lies, units that are short) are facts, not estimates.
FACTS = ("dead_stock", "reorder", "script_similarity")


def _tiny() -> dict[str, pl.DataFrame]:
    rows = [
        {"stream_id": f"s{n % 2}", "user_id": f"u{n % 9}", "region": "浙江", "sku_id": "a",
         "refund_amount": 100.0 if n % 5 == 0 else None}
        for n in range(20)
    ]  # fmt: skip
    shows = [{"viewers": 50, "buyers": 9, "tags": ["x"], "host_id": "h1", "script_id": "c"},
             {"viewers": 60, "buyers": 3, "tags": [], "host_id": "h2"}]  # fmt: skip
    return {
        "orders": orders(rows), "streams": streams(shows), "products": products(["a"]),
        "inventory": stock([(date(2026, 10, 5), "a", 30, "central")]),
        "stream_minutes": pl.DataFrame({
            "stream_id": ["s0", "s1"], "minute_ts": [MONDAY] * 2, "online": [40, 50],
        }),
        "contents": pl.DataFrame({
            "content_id": ["v"], "publish_ts": [MONDAY], "platform": ["douyin"], "views": [100],
            "completes": [60], "tags": [["x"]],
        }),
        "scripts": pl.DataFrame({"script_id": ["c"], "text": ["大家好"]}),
        "surveys": pl.DataFrame({"ts": [MONDAY], "kind": ["nps"], "score": [9.0]}),
        "events": pl.DataFrame({
            "event_ts": [MONDAY], "user_id": ["u1"], "event_type": ["video_view"],
            "content_id": ["v"], "age_band": ["18-27"],
        }),
        "comments": pl.DataFrame({"ts": [MONDAY], "text": ["好"]}),
    }  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_twenty_orders_claim_nothing(name: str) -> None:
    found = ask(MemoryData(_tiny()), name, Scope(), {})
    verdict = found.scalars.get("verdict")
    assert verdict is None or verdict.value not in CLAIMS
    assert [one for one in found.findings if one.kind not in FACTS] == []


@pytest.mark.parametrize("name", OURS)
def test_any_missing_table_is_named_or_done_without(name: str) -> None:
    full = _tiny()
    for absent in full:
        data = MemoryData({table: frame for table, frame in full.items() if table != absent})
        try:
            ask(data, name, Scope(), {})
        except DataMissing as error:
            assert error.tables == (absent,)


@pytest.mark.parametrize("name", OURS)
def test_tables_without_rows_break_nothing(name: str) -> None:
    empty = {table: pl.DataFrame(schema=TABLES[table].polars_schema) for table in _tiny()}
    found = ask(MemoryData(empty), name, Scope(), {})
    assert not found.findings


@pytest.mark.parametrize("name", OURS)
def test_every_number_has_words_a_unit_and_its_sample(name: str) -> None:
    for key, scalar in ask(MemoryData(_tiny()), name, Scope(), {}).scalars.items():
        assert scalar.unit, key
        assert scalar.n is not None, key
        assert scalar.label, key
