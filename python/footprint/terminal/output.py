"""What goes in and out of a command: key=value options, JSON, CSV and files."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from footprint.errors import UsageError, unknown
from footprint.text import Text

if TYPE_CHECKING:
    import polars as pl


def pairs(items: Sequence[str] | None, option: str) -> dict[str, str]:
    """Options written key=value. Raises UsageError for what is not."""
    found = {}
    # A heading may hold the sign itself.
    last = option in ("--map", "--answer")
    for item in items or ():
        key, sign, value = item.rpartition("=") if last else item.partition("=")
        if not sign or not key.strip():
            raise UsageError(
                Text(f"看不懂 {option} “{item}”", f"{option} “{item}” is not understood"),
                Text("请写成 键=值。", "Write key=value."),
            )
        found[key.strip()] = value.strip()
    return found


def chosen(frames: Mapping[str, pl.DataFrame], name: str | None) -> pl.DataFrame:
    """The frame asked for, else the first; the others are named on stderr. Raises UsageError."""

    if name is not None and name not in frames:
        raise unknown("frame", "表格", name, frames)
    if not frames:
        raise UsageError(
            Text("这个问题没有表格", "this question has no frame"),
            Text("请用 --json。", "Use --json."),
        )
    first = name or next(iter(frames))
    if name is None and len(frames) > 1:
        typer.echo(f"--frame {first}  ({', '.join(frames)})", err=True)
    return frames[first]


def write_json(plain: Mapping[str, Any]) -> None:
    """One JSON object on stdout."""
    typer.echo(json.dumps(plain, ensure_ascii=False, allow_nan=False, default=str))


def write_csv(frame: pl.DataFrame) -> None:
    """A frame as CSV on stdout."""
    from footprint.export import csv_bytes

    emit(csv_bytes(frame), None)


def emit(content: bytes, out: Path | None) -> None:
    """Bytes to a file, or to stdout."""
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_file(out, content)


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises UsageError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            Text(f"读不到 {path}（{error.strerror}）", f"cannot read {path} ({error.strerror})"),
            Text("请检查路径和权限。", "Check the path and its permissions."),
        ) from error


def write_file(out: Path, content: bytes) -> None:
    """Bytes to a file. Raises UsageError when it cannot be written."""
    try:
        out.write_bytes(content)
    except OSError as error:
        raise UsageError(
            Text(f"写不了文件 {out}（{error.strerror}）", f"cannot write {out} ({error.strerror})"),
            Text("请换一个位置。", "Choose another place."),
        ) from error
