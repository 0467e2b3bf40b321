"""Large files by the command line: time, CPU, peak memory of the processes, and the first insight.

``python benchmarks/import_size.py [--megabytes 100 1000] [--write]``. The files are made up: events
of viewers in the order of time, and order lines. Peak memory is what the operating system says of
the importing process and all it started. First insight is the weekly brief over the new workspace.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

import numpy as np
import polars as pl

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.report import seconds, table, write_part  # noqa: E402

ROWS = 250_000
TYPES = ("impression", "click", "video_view", "stream_enter", "product_click", "add_cart", "like")
CHANNELS = ("recommend", "search", "kol_seed", "paid_feed", "private_group")
START = int(datetime(2026, 8, 1, tzinfo=UTC).timestamp()) * 1_000_000
DAYS = 100


@dataclass(frozen=True)
class Run:
    """One command: seconds on the wall and of CPU, and the peak of its processes in MB."""

    wall: float
    cpu: float
    peak: float


def events(rows: int, at: int, total: int, rng: np.random.Generator) -> pl.DataFrame:
    """Rows ``at`` and following of ``total`` events."""
    ids = rng.integers(0, total // 20 + 1, rows)
    return pl.DataFrame({
        "event_ts": _times(rows, at, total),
        "user_id": [f"u_{100_000_000 + id}" for id in ids],
        "event_type": rng.choice(TYPES, rows),
        "session_id": [f"s{10_000_000 + id}" for id in ids * 3 + rng.integers(0, 3, rows)],
        "platform": rng.choice(("douyin", "kuaishou", "taobao"), rows),
        "channel": rng.choice(CHANNELS, rows),
        "stream_id": [f"st{id}" for id in rng.integers(1000, 1400, rows)],
        "sku_id": [f"sku{id}" for id in rng.integers(1000, 3000, rows)],
        "region": rng.choice(("广东", "浙江", "江苏", "四川"), rows),
        "value": rng.integers(0, 50, rows),
    })  # fmt: skip


def orders(rows: int, at: int, total: int, rng: np.random.Generator) -> pl.DataFrame:
    """Rows ``at`` and following of ``total`` order lines, phone numbers as buyers."""
    paid = rng.integers(900, 30_000, rows) / 100
    return pl.DataFrame({
        "订单编号": [f"69{10**16 + at + i}" for i in range(rows)],
        "下单时间": _times(rows, at, total),
        "用户ID": [f"138{id:08}" for id in rng.integers(0, total // 3 + 1, rows)],
        "商品SKU": [f"sku{id}" for id in rng.integers(1000, 3000, rows)],
        "数量": rng.integers(1, 4, rows),
        "实付金额": [f"￥{value:.2f}" for value in paid],
        "平台": rng.choice(("douyin", "kuaishou", "taobao"), rows),
        "直播场次ID": [f"st{id}" for id in rng.integers(1000, 1400, rows)],
        "地区": rng.choice(("广东", "浙江", "江苏", "四川"), rows),
    })  # fmt: skip


def _times(rows: int, at: int, total: int) -> pl.Series:
    micros = START + (np.arange(at, at + rows) * (DAYS * 86_400 / total)).astype(np.int64) * 10**6
    return pl.Series(micros).cast(pl.Datetime("us")).dt.strftime("%Y-%m-%d %H:%M:%S")


MAKERS = {"events": events, "orders": orders}
ROW_BYTES = {"events": 94, "orders": 89}


def make(kind: str, megabytes: int, path: Path) -> int:
    """Write a file of that size; its rows."""
    total = megabytes * 1_000_000 // ROW_BYTES[kind]
    rng = np.random.default_rng(7)
    with path.open("wb") as file:
        for at in range(0, total, ROWS):
            frame = MAKERS[kind](min(ROWS, total - at), at, total, rng)
            frame.write_csv(file, include_header=at == 0)
    return total


def run(command: Sequence[str]) -> Run:
    """Run a command; raises CalledProcessError when it fails."""
    began = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    ended, peaks = Event(), [0.0]
    watcher = Thread(target=_watch, args=(process.pid, ended, peaks))
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    ended.set()
    watcher.join()
    if status:
        raise subprocess.CalledProcessError(status, command)
    cpu = usage.ru_utime + usage.ru_stime
    return Run(perf_counter() - began, cpu, max(peaks[0], usage.ru_maxrss / 1024))


def _watch(pid: int, ended: Event, peaks: list[float]) -> None:
    """The largest sum of resident memory of a process and its descendants, in MB."""
    while not ended.wait(0.03):
        peaks[0] = max(peaks[0], sum(_resident(one) for one in _family(pid)))


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def measure(kind: str, megabytes: int, folder: Path) -> list[str]:
    """One row of the table: a new workspace, the import, then the brief."""
    path, shop = folder / f"{kind}.csv", folder / f"shop-{kind}-{megabytes}"
    rows = make(kind, megabytes, path)
    footprint = [sys.executable, "-m", "footprint.cli"]
    taken = run([*footprint, "import", str(path), "--workspace", str(shop)])
    brief = run([*footprint, "brief", "--workspace", str(shop)])
    path.unlink()
    return [
        f"{kind}, {megabytes} MB", f"{rows:,}", seconds(taken.wall), seconds(taken.cpu),
        f"{taken.peak:.0f}", seconds(brief.wall), f"{brief.peak:.0f}",
        seconds(taken.wall + brief.wall),
    ]  # fmt: skip


def main() -> None:
    """Measure every size and kind; print the table, or write it as a section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--kinds", nargs="+", default=list(MAKERS), choices=list(MAKERS))
    parser.add_argument("--write", action="store_true", help="write the section of the page")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        lines = [
            measure(kind, megabytes, Path(folder))
            for megabytes in asked.megabytes
            for kind in asked.kinds
        ]
    head = ["file", "rows", "import s", "CPU s", "peak MB", "brief s", "brief peak MB", "both s"]
    body = "\n\n".join([_LEAD, table(head, lines), _foot(asked.megabytes, load)])
    if asked.write:
        write_part("60_import_size", "Large files by the command line", body, ["polars", "pyarrow"])
    else:
        print(body)


def _foot(sizes: Sequence[int], load: float) -> str:
    told = " ".join(map(str, sizes))
    return f"Files of {told} MB; load {load:.1f} at the start."


_LEAD = (
    "`footprint import` of one CSV into a new workspace, then `footprint brief`. The goals are "
    "300 MB at the peak of the import, and 6 s (100 MB) and 40 s (1 GB) to the first insight on "
    "two quiet cores, upload included."
)

if __name__ == "__main__":
    main()
