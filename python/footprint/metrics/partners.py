"""Partners and range: active creators, big creator accounts, categories covered."""

from __future__ import annotations

import polars as pl

from footprint.metrics import shapes
from footprint.metrics.registry import metric
from footprint.metrics.view import By, View, not_sliceable
from footprint.text import Text

_ENDED = (
    "left",
    "inactive",
    "paused",
    "ended",
    "terminated",
    "离职",
    "停用",
    "暂停",
    "终止",
    "已终止",
)


def active_hosts(view: View, by: By) -> pl.DataFrame:
    """Hosts in scope not marked as gone and not left before the scope's end."""
    if by == "date":
        raise not_sliceable("hosts", "date")
    rows = view.rows("hosts", by)
    gone = pl.col("status").str.to_lowercase().is_in(_ENDED)
    end = view.scope.end
    stayed = pl.col("left").is_null() if end is None else (pl.col("left") > end).fill_null(True)
    return rows.filter(~gone & stayed)


@metric(
    "kol_partners",
    title=Text("合作达人数", "Partner creators"),
    unit="count",
    definition=Text(
        "主播与人员表中类型为达人或合作方、且在合作中的人数；不含自有主播。",
        "People of kind creator or partner in the host list who are active; own hosts not counted.",
    ),
    direction="up",
    needs=("hosts",),
    rows=("S1.2.3-a",),
    target_key="kol_partners",
    min_n=0,
)
def kol_partners(view: View, by: By) -> pl.DataFrame:
    rows = active_hosts(view, by)
    listed = pl.col("kind").is_in(["kol", "partner"]).sum()
    return shapes.total(rows, listed, pl.len())


@metric(
    "million_fan_ips",
    title=Text("百万粉丝账号数", "Accounts with a million fans"),
    unit="count",
    definition=Text(
        "在职或合作中、粉丝数达到设定门槛（默认 100 万）的账号数。",
        "Active accounts whose fans reach the set level (1,000,000 unless changed).",
    ),
    direction="up",
    needs=("hosts",),
    rows=("S1.2.2-b",),
    target_key="million_fan_ips",
    min_n=0,
)
def million_fan_ips(view: View, by: By) -> pl.DataFrame:
    level = view.data.settings.value("million_fan_level")
    rows = active_hosts(view, by)
    return shapes.total(rows, (pl.col("fans") >= level).fill_null(False).sum(), pl.len())


@metric(
    "category_coverage",
    title=Text("覆盖品类数", "Categories covered"),
    unit="count",
    definition=Text(
        "期间内卖出过足够多个商品（默认 3 个）的品类数。",
        "Categories in which enough different products (3 unless changed) were sold.",
    ),
    direction="up",
    needs=("orders", "products"),
    rows=("S1.2.2-b",),
    target_key="category_coverage",
    min_n=0,
)
def category_coverage(view: View, by: By) -> pl.DataFrame:
    enough = view.data.settings.value("coverage_min_skus")
    products = view.data.frame("products").select("sku_id", sold_as="category")
    sold = view.rows("orders", by).join(products, on="sku_id")
    skus = sold.group_by("key", "sold_as").agg(skus=pl.col("sku_id").n_unique())
    return shapes.total(skus, (pl.col("skus") >= enough).sum(), pl.col("skus").sum())
