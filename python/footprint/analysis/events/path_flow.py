"""Paths as words, and as a flow whose nodes take in what they give out."""

from __future__ import annotations

import polars as pl

SEPARATOR = " > "
MORE, START, LEFT, OTHER, DIRECT = "…", "(start)", "(left)", "(other)", "(direct)"
FLOW = {"step": pl.Int64, "from": pl.String, "to": pl.String, "n": pl.Int64}


def shown_path(side: str, depth: int) -> pl.Expr:
    """A list column ``path`` of up to depth + 1 values as words; "…" stands for what is cut."""
    path = pl.col("path")
    near = path.list.tail(depth) if side == "before" else path.list.head(depth)
    words = near.list.join(SEPARATOR)
    cut = path.list.len() > depth
    longer = (
        pl.concat_str(pl.lit(MORE + SEPARATOR), words)
        if side == "before"
        else pl.concat_str(words, pl.lit(SEPARATOR + MORE))
    )
    empty = pl.when(path.list.len() == 0).then(pl.lit(DIRECT)).otherwise(words)
    return pl.when(cut).then(longer).otherwise(empty)


def parsed_path(text: str) -> tuple[list[str], bool]:
    """The values of a path as ``shown_path`` writes it, and whether it was cut."""
    if text.strip() == DIRECT:
        return [], False
    words = [word.strip() for word in text.split(SEPARATOR.strip()) if word.strip()]
    return [word for word in words if word != MORE], MORE in words


def edges(table: pl.DataFrame, side: str, depth: int, least: int = 1) -> pl.DataFrame:
    """step, from, to, n: the flow of a table of paths (path as a list of up to depth + 1, users).

    ``before``: step -1 leads to the last value, -2 to the one before it, and so on, down to
    ``depth``; a path that begins there comes from "(start)". ``after``: step 1 leads from the first
    value, and so on; a path that ends goes to "(left)". Values behind steps of fewer than ``least``
    users are "(other)" in both steps they touch, so that every node takes in what it gives out.
    """
    if table.is_empty():
        return pl.DataFrame(schema=FLOW)
    places = _places(table, side, depth)
    rare = (
        places.group_by("at", "node").agg(n=pl.col("users").sum())
        .filter((pl.col("n") < least) & ~pl.col("node").is_in([START, LEFT]))
        .select("at", "node", rare=pl.lit(True))
    )  # fmt: skip
    named = places.join(rare, on=["at", "node"], how="left").with_columns(
        node=pl.when(pl.col("rare").fill_null(False)).then(pl.lit(OTHER)).otherwise("node")
    )
    here, there = named.select("path_no", "at", "node", "users"), named.select(
        "path_no", pl.col("at") - 1, following="node"
    )  # fmt: skip
    steps = here.join(there, on=["path_no", "at"])
    towards = ("following", "node") if side == "before" else ("node", "following")
    sign = -1 if side == "before" else 1
    return (
        steps.group_by(
            (pl.col("at").cast(pl.Int64) * sign).alias("step"),
            pl.col(towards[0]).alias("from"),
            pl.col(towards[1]).alias("to"),
        )
        .agg(n=pl.col("users").sum().cast(pl.Int64))
        .select(*FLOW)
        .sort("step", "n", "from", "to", descending=[False, True, False, False])
    )


def _places(table: pl.DataFrame, side: str, depth: int) -> pl.DataFrame:
    """path_no, at (1 = nearest to the event), node, users; an end where a path is over."""
    numbered = table.with_row_index("path_no")
    path = pl.col("path")
    order = path.list.reverse() if side == "before" else path
    end = START if side == "before" else LEFT
    whole = pl.when(path.list.len() <= depth).then(
        pl.concat_list(order, pl.lit(end))
    ).otherwise(order)  # fmt: skip
    return (
        numbered.select("path_no", "users", node=whole)
        .explode("node")
        .with_columns(at=pl.int_range(1, pl.len() + 1).over("path_no"))
        .filter(pl.col("at") <= depth + 1)
    )
