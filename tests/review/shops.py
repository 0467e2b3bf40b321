"""A small shop on disk whose goods are named nastily, for tests of freezing, sharing, exports."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from footprint.workspace import Workspace

WEEK = "2026-W46"
MONDAY = datetime(2026, 10, 18, 16, tzinfo=UTC)  # 2026-10-19 00:00 in Shanghai
NASTY = "<script>alert('x')</script>&\"="
LINES = 1200


def orders_csv(paid: float = 100.0) -> bytes:
    """Four weeks of orders."""
    rows = [
        f"o{i},{(MONDAY + timedelta(minutes=(i * 7919) % (28 * 1440))).isoformat()},u{i % 300},"
        f"{'n' if i < 60 else f's{i % 40}'},1,{paid}"
        for i in range(LINES)
    ]
    return "\n".join(["order_id,order_ts,user_id,sku_id,qty,paid_amount", *rows]).encode()


def products_csv(name: str = NASTY) -> bytes:
    """Goods: one of them earns well and sells little."""
    quoted = '"' + name.replace('"', '""') + '"'
    rows = [f"n,{quoted},food,100,52", *(f"s{i},{quoted},food,100,94" for i in range(40))]
    return "\n".join(["sku_id,name,category,price,unit_cost", *rows]).encode()


def costs_csv() -> bytes:
    """Costs; logistics jump in the last week."""
    rows = []
    for day in range(28):
        share = 0.31 if day >= 21 else 0.12
        parts = {"logistics": share, "ads": 0.08, "staff": 0.92 - share}
        when = date(2026, 10, 19) + timedelta(days=day)
        rows += [f"{when},{kind},{1000 * part:.2f}" for kind, part in parts.items()]
    return "\n".join(["cost_date,category,amount", *rows]).encode()


def opened(path: Path, name: str = NASTY) -> Workspace:
    """The shop in a workspace."""
    workspace = Workspace(path)
    report = workspace.import_files(
        [("orders.csv", orders_csv()), ("products.csv", products_csv(name)),
         ("costs.csv", costs_csv())]
    )  # fmt: skip
    assert not any(file.refused or file.set_aside for file in report.files)
    return workspace
