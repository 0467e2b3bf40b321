"""kill -9 in the middle of freezing, sharing and editing: what was acknowledged is there, whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from footprint.review.html import page
from footprint.review.report import name_of, packed
from footprint.workspace import Workspace

from .shops import WEEK, opened

# Edits round after round; says what it did once it is done.
WRITER = """
import json, sys
from pathlib import Path
from footprint.sharing import Target
from footprint.workspace import Workspace

shop = Workspace(Path(sys.argv[1]))
brief = shop.brief(sys.argv[2])
ids = [finding.id for finding in brief.findings]
print("ready", flush=True)
for number in range(10_000):
    ids = ids[1:] + ids[:1]
    shop.review.arrange(brief.week, ids)
    print(json.dumps(["order", ids]), flush=True)
    remark = shop.review.remark(brief.week, ids[0], f"remark {number}")
    print(json.dumps(["remark", remark]), flush=True)
    action = shop.review.assign(brief.week, brief.findings[0], f"owner {number}")
    print(json.dumps(["action", action]), flush=True)
    frozen = shop.review.freeze(brief)
    print(json.dumps(["report", frozen.id]), flush=True)
    token, link = shop.links.make(Target("report", frozen.id))
    print(json.dumps(["link", token]), flush=True)
"""
KILLS = 5


def test_kill_9_loses_nothing_and_shows_nothing_half_done(tmp_path: Path) -> None:
    path = tmp_path / "shop"
    opened(path)
    acknowledged: dict[str, list] = {}
    for attempt in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), WEEK], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        time.sleep(0.09 * (attempt + 1))
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        for line in rest.splitlines():
            try:
                kind, what = json.loads(line)
            except ValueError:
                continue  # the line the kill cut in two
            acknowledged.setdefault(kind, []).append(what)
        check(Workspace(path), acknowledged)
    assert len(acknowledged["report"]) >= KILLS / 2


def check(shop: Workspace, acknowledged: dict[str, list]) -> None:
    """Everything acknowledged is there; everything there is whole and has its audit line."""
    review, brief = shop.review, shop.brief(WEEK)
    audit = [(line["action"], json.loads(line["detail"])) for line in shop.audit()]
    kept = {report.id for report in review.reports()}
    assert set(acknowledged.get("report", [])) <= kept
    assert kept == {detail["report"] for action, detail in audit if action == "freeze"}
    for id in list(kept)[:3]:
        report = review.frozen(id)
        assert name_of(packed(report)) == id
        assert review.page(id, "zh") == page(report, "zh").encode()
    found = review.draft(brief)
    remarks = {said.id for said in found.said}
    assert set(acknowledged.get("remark", [])) <= remarks
    assert remarks == {detail["id"] for action, detail in audit if action == "comment"}
    actions = {action.id for action in review.actions()}
    assert set(acknowledged.get("action", [])) <= actions
    orders = [detail["order"] for action, detail in audit if action == "review_order"]
    if orders:
        assert [finding.id for finding in found.findings] == orders[0]
        last = acknowledged.get("order", [])
        assert not last or last[-1] in orders
    for token in acknowledged.get("link", [])[-2:]:
        assert shop.links.open(token).target.id in kept
