"""The parts of docs/benchmarks.md: one file per section, put together in order of their names."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.measure import ROOT

PARTS = ROOT / "docs" / "benchmarks"
PAGE = ROOT / "docs" / "benchmarks.md"
_HEAD = """# Benchmarks

Footprint and its peers, measured side by side in one run on one machine: same file, same question,
equal answers (a difference stops the run). Seconds of one machine mean little on another; the
ratios are what counts. Every section names its command, machine and versions.

Write a section anew with the command under it; `make bench` runs the first sections. A script adds
its own section by writing `docs/benchmarks/<name>.md` and calling `benchmarks.report.assemble()`.
"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column to the left, the others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def seconds(value: float) -> str:
    """Two digits of precision, three below 0.1."""
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def write_part(name: str, title: str, body: str, packages: Sequence[str]) -> None:
    """Write one section and the page; ``name`` starts with digits that give its place."""
    PARTS.mkdir(parents=True, exist_ok=True)
    text = f"## {title}\n\n{body.strip()}\n\n{_setting(packages)}\n"
    (PARTS / f"{name}.md").write_text(text, "utf-8")
    assemble()


def assemble() -> None:
    """Put the sections together as docs/benchmarks.md."""
    parts = [path.read_text("utf-8").strip() for path in sorted(PARTS.glob("*.md"))]
    PAGE.write_text("\n\n".join([_HEAD.strip(), *parts]) + "\n", "utf-8")


def _setting(packages: Sequence[str]) -> str:
    versions = ", ".join(f"{name} {_version(name)}" for name in packages)
    command = " ".join(["python", *(_relative(word) for word in sys.argv)])
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({_cpu_model()}), "
        f"{_memory_gb():.0f} GB{load} at the end. Python {platform.python_version()}, {versions}."
    )


def _relative(word: str) -> str:
    path = Path(word)
    return str(path.resolve().relative_to(ROOT)) if path.resolve().is_relative_to(ROOT) else word


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(this tree)" if name == "footprint" else "(not installed)"


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [x.split(":")[1] for x in info.read_text().splitlines() if x.startswith("model n")]
        if names:
            return names[0].strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
