"""Every planted truth is found by the general question, and every null twin stays silent."""

from __future__ import annotations

import pytest
from conftest import SHOPS
from footprint.result import Result
from footprint.sample.truths import truths_of
from footprint.sample.truths.truth import Asked
from footprint.sample.world import World
from footprint.workspace import Workspace

_CASES = [
    (shop, truth.id, kind, asked)
    for shop, (salt, params) in SHOPS.items()
    for truth in truths_of(World.of(params, "tiny", salt, "quota"))
    for kind, asked in (("truth", truth.asked), ("null twin", truth.twin))
    if asked is not None
]


def ask(workspace: Workspace, asked: Asked) -> Result:
    scope = asked.scope
    return workspace.ask(
        asked.question,
        where=scope.get("where", {}),
        from_=scope.get("from"),
        to=scope.get("to"),
        **asked.params,
    )


@pytest.mark.parametrize(
    ("shop", "asked"),
    [(shop, asked) for shop, _, _, asked in _CASES],
    ids=[f"{shop}-{truth}-{kind}" for shop, truth, kind, _ in _CASES],
)
def test_question_finds_what_was_planted(workspace_of, shop: str, asked: Asked) -> None:
    result = ask(workspace_of(shop), asked)
    wrong = [
        (check.to_dict(), found)
        for check in asked.checks
        if not check.holds(found := check.read(result))
    ]
    assert not wrong


@pytest.mark.parametrize("shop", SHOPS)
def test_report_week_holds_the_planted_findings_and_nothing_else(workspace_of, shop: str) -> None:
    brief = workspace_of(shop).brief("2026-W46")
    found = sorted((finding.kind, finding.colour) for finding in brief.findings)
    assert found == [
        ("benchmark_alert", "yellow"),
        ("complaint_rate", "yellow"),
        ("cost_share", "yellow"),
        ("exaggeration_returns", "yellow"),
        ("ignored_sku", "grey"),
        ("latency_exits", "yellow"),
        ("opinion_red", "red"),
        ("opinion_yellow", "yellow"),
    ]


def test_extra_goods_file_is_read_with_its_encoding_and_percent(workspace_of) -> None:
    workspace = workspace_of("salt 0")
    goods = workspace.data().frame("products")
    trial = goods.filter(goods["sku_id"].str.starts_with("NEW-"))
    assert trial["commission_rate"].to_list() == [0.123] * 3
    assert trial["name"].to_list() == ["试播新品1号", "试播新品2号", "试播新品3号"]
    uploads = workspace.data().uploads()
    assert "GB18030" in uploads["encoding"].str.to_uppercase().to_list()
