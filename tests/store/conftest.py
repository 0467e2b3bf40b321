"""A workspace in a fresh folder, and small order files."""

from __future__ import annotations

from pathlib import Path

import pytest
from footprint.workspace import Workspace

HEAD = "order_id,order_ts,user_id,sku_id,qty,paid_amount"


def orders_csv(paid: dict[str, float], extra: str = "") -> bytes:
    """One order line per id with its amount."""
    rows = [f"{id},2026-11-10 08:00:00,u{id},s1,1,{amount}" for id, amount in paid.items()]
    return "\n".join([HEAD, *rows, extra]).encode()


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "shop")


def amounts(workspace: Workspace) -> dict[str, float]:
    """What the orders table now says, by order id."""
    return dict(workspace.data().frame("orders").select("order_id", "paid_amount").iter_rows())
