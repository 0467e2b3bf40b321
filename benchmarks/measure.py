"""Measure one piece of work in a process of its own: CPU seconds, wall seconds, peak memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_STATUS = Path("/proc/self/status")


class ChildFailed(RuntimeError):
    """The measured process ended with an error; the message is its last words."""


@dataclass
class Meter:
    """CPU seconds (user and system, all threads) and wall seconds of the runs of ``time``."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    @contextmanager
    def time(self) -> Iterator[None]:
        """Measure what runs inside."""
        cpu, wall = _cpu(), time.perf_counter()
        yield
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(_cpu() - cpu)

    def result(self, **more: Any) -> dict[str, Any]:
        """The cheapest run, the process's peak memory so far (MB), and ``more``."""
        return {"cpu": min(self.cpu), "wall": min(self.wall), "peak_mb": peak_mb(), **more}


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mb() -> float:
    """Peak resident memory of this process in MB.

    Read from the kernel's account of this program where there is one: ``ru_maxrss`` may still hold
    the size of the process that started it.
    """
    if _STATUS.exists():
        line = next(x for x in _STATUS.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def in_child(call: str, **args: Any) -> dict[str, Any]:
    """Run ``module:function`` with ``args`` (JSON values) in a new process; its answer.

    Raises ChildFailed when the process fails.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.measure", call],
        input=json.dumps(args), capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ChildFailed(f"{call} {args}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Child side: the function's name as argument, its arguments on standard input."""
    module, function = sys.argv[1].split(":")
    answer = getattr(import_module(module), function)(**json.load(sys.stdin))
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
