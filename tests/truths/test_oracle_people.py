"""The planted truths about coming back, recomputed from the tables by polars."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

LAUNCH = date(2026, 8, 3)


@pytest.fixture
def tables(planted) -> dict[str, pl.DataFrame]:
    return planted[0]


@pytest.fixture
def param(planted):
    return planted[1].__getitem__


def local(column: str) -> pl.Expr:
    return pl.col(column).dt.convert_time_zone("Asia/Shanghai").dt.date()


def test_pt12_newcomers_before_and_after_the_launch(tables, param) -> None:
    seen = tables["events"].filter(pl.col("user_id").str.starts_with("u046"))
    days = seen.select("user_id", day=local("event_ts")).unique()
    first = days.group_by("user_id").agg(first=pl.col("day").min())
    gap = (pl.col("day") - pl.col("first")).dt.total_days()
    people = days.join(first, on="user_id").group_by("user_id", "first").agg(
        exact=(gap == 7).any(), within=gap.is_between(1, 7).any()
    )  # fmt: skip
    for side, part in enumerate(
        (people.filter(pl.col("first") < LAUNCH), people.filter(pl.col("first") >= LAUNCH))
    ):
        assert part.height == param("PT12.people")[side]
        assert part["exact"].mean() == pytest.approx(param("PT12.d7")[side], abs=0.002)
        assert part["within"].mean() == pytest.approx(param("PT12.within_7")[side], abs=0.002)


@pytest.mark.parametrize("platform", ["wechat", "xiaohongshu"])
def test_pt32_evenings_for_members_and_for_all(tables, param, platform: str) -> None:
    orders = tables["orders"].filter(pl.col("order_id").str.starts_with("fd5"))
    evenings = tables["streams"].filter(pl.col("stream_id").str.starts_with("FD70"),
                                        platform=platform)  # fmt: skip
    first = orders.join(evenings, on="stream_id").select(
        "user_id", "stage", first=local("order_ts")
    )
    assert first["user_id"].is_unique().all()
    later = orders.filter(pl.col("stream_id").is_null()).select("user_id", day=local("order_ts"))
    gap = (pl.col("day") - pl.col("first")).dt.total_days()
    back = later.join(first, on="user_id").filter(gap.is_between(1, 30))["user_id"]
    rate = first.group_by("stage").agg(
        pl.col("user_id").is_in(back.implode()).mean().alias("rate")
    )  # fmt: skip
    found = dict(rate.iter_rows())
    wanted = param("PT32.r30") if platform == "wechat" else [param("PT32.null_r30")] * 2
    assert [found["member"], found["regular"]] == pytest.approx(wanted, abs=0.005)
