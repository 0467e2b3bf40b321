"""The files on disk: committed bytes, block size, truths.json, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from footprint import sample
from footprint.errors import UsageError
from footprint.sample import browsers
from footprint.schema import TABLES

COMMITTED = Path(__file__).parents[2] / "sample_data"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_committed_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    written = contents(sample.write(tmp_path))
    committed = contents(COMMITTED)
    assert set(written) == set(committed)
    assert [name for name in written if written[name] != committed[name]] == []
    assert sum(map(len, written.values())) <= 8_000_000


def test_block_size_leaves_the_bytes_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = contents(sample.write(tmp_path / "whole", "tiny"))
    monkeypatch.setattr(browsers, "BLOCK", 37)
    assert contents(sample.write(tmp_path / "blocks", "tiny")) == whole


def test_files_hold_the_same_tables_as_plant(tmp_path: Path) -> None:
    folder = sample.write(tmp_path, "tiny", 4)
    tables, _ = sample.plant(scale="tiny", salt=4)
    for name in TABLES:
        cells = pl.read_csv(folder / f"{name}.csv", infer_schema=False)
        assert cells.height == tables[name].height
    paid = pl.read_csv(folder / "orders.csv", infer_schema=False)["paid_amount"]
    assert paid.cast(pl.Float64).to_list() == tables["orders"]["paid_amount"].to_list()


def test_salts_differ_and_repeat(tmp_path: Path) -> None:
    first, again, other = (
        contents(sample.write(tmp_path / name, "tiny", salt))
        for name, salt in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first == again
    assert first["orders.csv"] != other["orders.csv"]


def test_truths_are_listed_with_their_twins(tmp_path: Path) -> None:
    folder = sample.write(tmp_path, "tiny", params={"PT01.p_tag": 0.10})
    rows = {row["id"]: row for row in json.loads((folder / "truths.json").read_text("utf-8"))}
    assert {f"PT{n:02d}" for n in range(1, 11)} <= set(rows)
    ratio = next(one for one in rows["PT01"]["expected"] if one.get("scalar") == "ratio")
    assert ratio["value"] == pytest.approx(0.10 / 0.06)
    assert rows["PT01"]["null_twin"]["scope"]["where"] == {"category": "beauty"}
    assert rows["PT01"].keys() >= {"where", "question", "params", "scope", "expected", "null_twin"}


@pytest.mark.parametrize(
    ("scale", "noise", "params"),
    [
        ("huge", "quota", {}),
        (0, "quota", {}),
        ("tiny", "pink", {}),
        ("tiny", "quota", {"PT01.tag": 0.1}),
        ("tiny", "quota", {"PT01.p_tag": "a lot"}),
        ("tiny", "quota", {"PT05.share": [0.1]}),
        ("tiny", "quota", {"PT05.share": [0.3, 0.2, 0.2, 0.2, 0.2, 0.2]}),
        ("tiny", "quota", {"PT09.nulls": {"K>X": 10}}),
        ("tiny", "quota", {"PT24.burst": float("nan")}),
    ],
)
def test_unknown_wishes_are_refused_with_a_hint(tmp_path: Path, scale, noise, params) -> None:
    with pytest.raises(UsageError) as caught:
        sample.write(tmp_path / "out", scale, 0, noise, params)
    assert "Use" in str(caught.value) or "Did you mean" in str(caught.value) or (
        "For example" in str(caught.value)
    )  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_numbers_as_text_are_read_like_numbers(tmp_path: Path) -> None:
    text = contents(sample.write(tmp_path / "a", "20", params={"PT05.share": "[0,0,0,0,0,0.5]"}))
    number = contents(sample.write(tmp_path / "b", 20, params={"PT05.share": [0, 0, 0, 0, 0, 0.5]}))
    assert text == number
