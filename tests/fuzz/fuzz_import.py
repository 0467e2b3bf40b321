"""A coverage-guided fuzzer for everything that reads a file: atheris (libFuzzer) on our parsers.

``make fuzz`` runs it (Linux) after the random tests; inputs that reach new code are kept in
``artifacts/fuzz/inputs``. The seeds are the made-up exports of ``tests/fixtures``. It stops at a
crash, a row that is lost, or a refusal without a mend; the input is written to
``artifacts/fuzz/crash-<hash>``, and ``python tests/fuzz/fuzz_import.py`` with that file repeats it.
The same promises are tested on random input by ``tests/ingest/test_fuzz.py``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

with atheris.instrument_imports(include=["footprint.ingest"]):
    from footprint.errors import InputRejected
    from footprint.ingest import delimited
    from footprint.ingest.source import load_all

    from tests.ingest.reading import ingest

# What is written is read again at once and thrown away.
os.fsync = lambda handle: None
NAMES = ("orders.csv", "streams.csv", "costs.txt", "any.xlsx", "events.zip")


def one(data: bytes) -> None:
    """Read one input; the first two bytes choose its name and the size of its pieces."""
    if len(data) < 3:
        return
    delimited.PIECE = 400 + 40 * data[1]
    delimited._WHOLE = 0 if data[1] % 2 else 6 << 20
    try:
        for source in load_all((NAMES[data[0] % len(NAMES)], data[2:])):
            if isinstance(source, InputRejected):
                raise source
            sheets, refused = ingest(source, tz="Asia/Shanghai", key=b"k")
            for sheet in sheets:
                assert sheet.rows == sheet.good.height + sheet.aside.height
                assert sheet.aside.height == sum(reason.count for reason in sheet.reasons)
            assert all(refusal.mend.zh and refusal.mend.en for refusal in refused)
    except InputRejected as refusal:
        assert refusal.mend.zh and refusal.mend.en


def seeds(folder: Path) -> None:
    """The exports of the fixtures as inputs."""
    for number, path in enumerate(sorted((ROOT / "tests" / "fixtures").rglob("*.*"))):
        for size in (0, 1):
            (folder / f"{path.stem}-{size}").write_bytes(
                bytes([number % 2, size]) + path.read_bytes()[:3000]
            )


def main() -> None:
    """Run until told to stop, with the seeds besides the folders named."""
    with tempfile.TemporaryDirectory() as folder:
        seeds(Path(folder))
        single = any(Path(word).is_file() for word in sys.argv[1:])
        atheris.Setup([*sys.argv, *([] if single else [folder])], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
