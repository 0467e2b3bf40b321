"""Run the benchmarks and write docs/benchmarks.md.

    python benchmarks/run.py                                  # 10 million rows, everything
    python benchmarks/run.py --only kernels --rows 1M,50M --ids int,string --modes cold,warm

Peers beyond polars and DuckDB are optional: ``pip install -r benchmarks/requirements.txt``.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from platformdirs import user_cache_path

from benchmarks import attribution, kernels

SECTIONS = ("kernels", "attribution")
MODES = ("copy", "cold", "warm", "memory", "board")


def count(text: str) -> int:
    """``10M`` -> 10000000."""
    scale = {"K": 1_000, "M": 1_000_000}.get(text[-1].upper(), 1)
    return int(float(text[:-1] if scale > 1 else text) * scale)


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=SECTIONS)
    parser.add_argument("--rows", default="10M", help="sizes, as 1M,10M,50M")
    parser.add_argument("--ids", default="int", help="int, string or both with a comma")
    parser.add_argument("--modes", default=",".join(MODES), help="of " + ", ".join(MODES))
    parser.add_argument("--rounds", type=int, default=2, help="runs of every question")
    cache = os.environ.get("FOOTPRINT_BENCH_CACHE") or user_cache_path("footprint-bench")
    parser.add_argument("--cache", type=Path, default=Path(cache), help="folder of the logs")
    return parser.parse_args()


def main() -> None:
    """Run the sections asked for."""
    asked = options()
    if asked.only in (None, "kernels"):
        for rows in map(count, asked.rows.split(",")):
            for ids in asked.ids.split(","):
                kernels.run(rows, ids, asked.cache, asked.modes.split(","), asked.rounds)
    if asked.only in (None, "attribution"):
        for rows in map(count, asked.rows.split(",")):
            attribution.run(rows, asked.cache, asked.rounds)


if __name__ == "__main__":
    main()
