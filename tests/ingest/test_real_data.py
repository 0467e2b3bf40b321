"""Public data sets through the whole import; skipped where ``FOOTPRINT_REAL_DATA`` is absent."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from footprint.workspace import Workspace

REAL = os.environ.get("FOOTPRINT_REAL_DATA")
pytestmark = pytest.mark.skipif(not REAL, reason="FOOTPRINT_REAL_DATA is not set")
ROOT = Path(REAL or ".")
JOURNEY = {
    "household_id": "user_id", "basket_id": "order_id", "product_id": "sku_id",
    "quantity": "qty", "sales_value": "paid_amount", "retail_disc": "discount",
    "transaction_timestamp": "order_ts",
}  # fmt: skip
LIVE = {
    "'facebook'": "platform",
    "status_id": "content_id", "status_type": "type", "status_published": "publish_ts",
    "num_reactions": "views", "num_comments": "completes", "num_shares": "clicks",
}  # fmt: skip


def test_complete_journey_comes_out_to_the_cent(tmp_path: Path) -> None:
    shop = Workspace(tmp_path / "shop")
    path = ROOT / "complete_journey" / "transactions_sample.csv"
    report = shop.import_files(path, "orders", JOURNEY)
    (file,) = report.files
    assert file.rows == 75_000 == file.accepted + file.set_aside
    orders = shop.data().frame("orders")
    assert round(orders["paid_amount"].sum(), 2) == 233_935.24
    assert orders["user_id"].n_unique() == 2_377
    assert orders["order_id"].n_unique() == 47_243
    days = orders["order_ts"].dt.convert_time_zone(shop.data().tz).dt.date()
    assert (days.min(), days.max()) == (date(2017, 1, 1), date(2018, 1, 1))


def test_live_sellers_of_thailand(tmp_path: Path) -> None:
    shop = Workspace(tmp_path / "shop")
    report = shop.import_files(ROOT / "fb_live_thailand" / "Live.csv", "contents", LIVE)
    (file,) = report.files
    assert (file.rows, file.accepted, file.set_aside) == (7_050, 6_997, 53)
    assert {reason.code for reason in file.reasons} == {"duplicate", "conflict"}
    posts = shop.data().frame("contents").select("type", "publish_ts", "completes", "clicks")
    days = posts["publish_ts"].dt.convert_time_zone(shop.data().tz).dt.date()
    assert (days.min(), days.max()) == (date(2012, 7, 15), date(2018, 6, 13))
    # What was set aside is there in full: together they are the file again.
    assert file.upload_id is not None
    aside = pl.read_csv(shop.set_aside_csv(file.upload_id, "en"))
    columns = {"status_type": "type", "num_comments": "completes", "num_shares": "clicks"}
    repeats = aside.select(list(columns)).rename(columns)
    whole = pl.concat([posts.drop("publish_ts"), repeats], how="vertical_relaxed")
    kinds = whole.group_by("type").agg(
        pl.len(), pl.col("completes").mean().round(2), pl.col("clicks").mean().round(2)
    )
    told = {kind: rest for kind, *rest in kinds.iter_rows()}
    assert told["video"] == [2_334, 642.48, 115.68]
    assert told["photo"] == [4_288, 15.99, 2.55]
    assert (told["status"][0], told["link"][0]) == (365, 63)
