"""What customers say: negative comments, complaints, brand surveys."""

from __future__ import annotations

import polars as pl

from footprint.metrics import shapes
from footprint.metrics.derived import negative_texts
from footprint.metrics.registry import metric
from footprint.metrics.view import By, View
from footprint.text import Text


@metric(
    "negative_index",
    title=Text("负面舆情指数", "Negative comment index"),
    unit="per_1000",
    definition=Text(
        "每 1000 条评论中的负面评论条数。有星级的看星级，没有的由词表判断，会有少量误判。",
        "Negative comments per 1,000 comments. Stars speak first, word lists where there are none, "
        "so a few are misread.",
    ),
    direction="down",
    needs=("comments",),
    rows=("S7.1-f", "S7.2-e"),
    min_n=100,
)
def negative_index(view: View, by: By) -> pl.DataFrame:
    judged = negative_texts(view.data)
    rows = view.rows("comments", by).join(
        judged, on=["text", "rating"], how="left", nulls_equal=True
    )
    return shapes.share(rows, pl.col("negative").sum(), pl.len(), scale=1000)


@metric(
    "complaint_rate",
    title=Text("投诉率", "Complaint rate"),
    unit="rate",
    definition=Text(
        "投诉数 ÷ 订单数。投诉取评论与客服表中的标记，没有标记时取订单表中的标记。",
        "Complaints divided by orders. Complaints are those marked in comments and service, or in "
        "the orders where comments mark none.",
    ),
    direction="down",
    needs=("orders",),
    rows=("S4.4-c",),
    target_key="complaint_rate",
    min_n=100,
)
def complaint_rate(view: View, by: By) -> pl.DataFrame:
    rows = view.rows("orders", by)
    placed = rows.group_by("key").agg(n=pl.col("order_id").n_unique())
    if view.data.has("comments") and view.data.frame("comments")["is_complaint"].any():
        said = view.rows("comments", by).group_by("key").agg(k=pl.col("is_complaint").sum())
    else:
        marked = rows.filter(pl.col("is_complaint"))
        said = marked.group_by("key").agg(k=pl.col("order_id").n_unique())
    both = placed.join(said, on="key", how="left", nulls_equal=True)
    counted = both.with_columns(pl.col("k").fill_null(0).clip(upper_bound=pl.col("n")))
    return shapes.share(counted, pl.col("k").sum(), pl.col("n").sum())


@metric(
    "brand_association",
    title=Text("品牌联想度", "Brand association"),
    unit="rate",
    definition=Text(
        "品牌问卷中答“联想到本店品牌”（得分 1）的比例；得分不是 0 或 1 的答卷不计。",
        "Share of brand survey answers that named the brand (score 1); answers scored other than 0 "
        "or 1 are left out.",
    ),
    direction="up",
    needs=("surveys",),
    rows=("S7.1-e", "S7.1-a"),
    reference_key="brand_association",
)
def brand_association(view: View, by: By) -> pl.DataFrame:
    rows = view.rows("surveys", by)
    answers = rows.filter(pl.col("kind") == "brand", pl.col("score").is_in([0.0, 1.0]))
    return shapes.share(answers, (pl.col("score") == 1).sum(), pl.len())
