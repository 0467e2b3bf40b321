"""Where polars reads the log from: the Parquet file, or its own sorted copies."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import polars as pl

_CODE = pl.col("user_id").cast(pl.Categorical).to_physical()


class Rows(Protocol):
    """Where the rows come from: the Parquet file, or polars' own copies."""

    ordered: bool
    """Whether ``by_user`` costs no sort."""

    def by_user(self, *columns: str, where: pl.Expr | None = None) -> pl.DataFrame:
        """Rows ordered by user, then time."""
        ...

    def by_time(
        self, *columns: str, where: pl.Expr | None = None, codes: bool = False
    ) -> pl.LazyFrame:
        """Rows in time order; ``codes``: string user ids as numbers, which sort much faster."""
        ...


class Cold:
    """Every question reads the Parquet file anew."""

    ordered = False

    def __init__(self, path: Path) -> None:
        self._rows = pl.scan_parquet(path)
        self._strings = self._rows.collect_schema()["user_id"] == pl.String

    def by_user(self, *columns: str, where: pl.Expr | None = None) -> pl.DataFrame:
        rows = self.by_time(*columns, where=where, codes=True).collect()
        return rows.sort("user_id", maintain_order=True)

    def by_time(
        self, *columns: str, where: pl.Expr | None = None, codes: bool = False
    ) -> pl.LazyFrame:
        rows = self._rows if where is None else self._rows.filter(where)
        rows = rows.select(columns)
        return rows.with_columns(_CODE) if codes and self._strings else rows


class Warm:
    """Polars' own copies, by user and by time, words as enums: in memory or as Arrow files."""

    ordered = True

    def __init__(self, by_user: pl.LazyFrame, by_time: pl.LazyFrame) -> None:
        self._by_user, self._by_time = by_user, by_time

    def by_user(self, *columns: str, where: pl.Expr | None = None) -> pl.DataFrame:
        rows = self._by_user
        return (rows if where is None else rows.filter(where)).select(columns).collect()

    def by_time(
        self, *columns: str, where: pl.Expr | None = None, codes: bool = False
    ) -> pl.LazyFrame:
        rows = self._by_time
        return (rows if where is None else rows.filter(where)).select(columns)


def memory(path: Path, _: Path) -> Warm:
    """Both copies as frames in memory."""
    by_time = _coded(path)
    return Warm(by_time.sort("user_id", maintain_order=True).lazy(), by_time.lazy())


def store(path: Path, folder: Path) -> None:
    """Both copies as uncompressed Arrow files."""
    folder.mkdir(parents=True)
    by_time = _coded(path)
    by_time.write_ipc(folder / "by_time.arrow", compression="uncompressed")
    by_user = by_time.sort("user_id", maintain_order=True)
    by_user.write_ipc(folder / "by_user.arrow", compression="uncompressed")


board = memory
cold = Cold


def warm(_: Path, folder: Path) -> Warm:
    """The files of ``store``."""
    return Warm(*(pl.scan_ipc(folder / f"{name}.arrow") for name in ("by_user", "by_time")))


def _coded(path: Path) -> pl.DataFrame:
    rows = pl.read_parquet(
        path, columns=["user_id", "ts", "event", "channel", "stream_id", "amount"]
    )
    if rows["user_id"].dtype == pl.String:
        rows = rows.with_columns(_CODE)
    words = ("event", "channel", "stream_id")
    return rows.cast({name: pl.Enum(rows[name].unique().drop_nulls().sort()) for name in words})
