"""Errors on the command line: one or two lines on stderr, JSON on stdout when asked, exit codes."""

from __future__ import annotations

import functools
import json
import locale
import os
import sys
from collections.abc import Callable
from typing import Any, ParamSpec

import typer

from footprint.errors import FootprintError
from footprint.text import LANGS, Lang, Text

P = ParamSpec("P")

_UNEXPECTED = Text(
    "程序内部出错（{what}）。数据没有改动；请把这一行发给维护者。",
    "internal fault ({what}). The data is unchanged; please report this line.",
)


def language(chosen: str | None) -> Lang:
    """The language asked for, else that of the environment (LC_ALL, LC_MESSAGES, LANG)."""
    if chosen is not None:
        found = next((lang for lang in LANGS if lang == chosen), None)
        if found is None:
            raise typer.BadParameter("zh, en", param_hint="--lang")
        return found
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next((n for n in names if n), None) or locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith("zh") else "en"


def failing_well(command: Callable[P, None]) -> Callable[P, None]:
    """Turn every error into its exit code and a sentence; never a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asked: dict[str, Any] = kwargs
        lang = language(asked.get("lang"))
        try:
            command(*args, **kwargs)
        except FootprintError as error:
            fail(error, lang, as_json=bool(asked.get("as_json")))
        except typer.Exit:
            raise
        except BrokenPipeError:
            # The reader of our output has gone (head, less): nothing more to say.
            sys.stderr.close()
            raise typer.Exit(0) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError,
                ValueError) as error:  # fmt: skip
            if os.environ.get("FOOTPRINT_DEBUG"):
                raise
            typer.echo(_UNEXPECTED(lang, what=f"{type(error).__name__}: {error}"[:200]), err=True)
            raise typer.Exit(1) from error

    return run


def fail(error: FootprintError, lang: Lang, *, as_json: bool) -> None:
    """Say what went wrong and how to mend it, and leave with the error's exit code."""
    typer.echo(error.message(lang), err=True)
    if as_json:
        typer.echo(json.dumps({"error": as_dict(error, lang)}, ensure_ascii=False))
    raise typer.Exit(error.exit_code)


def as_dict(error: FootprintError, lang: Lang) -> dict[str, Any]:
    """An error as plain values; ``tables`` names what is missing where that is the trouble."""
    plain: dict[str, Any] = {
        "message": error.what(lang),
        "file": error.where.file,
        "row": error.where.row,
        "column": error.where.column,
        "mend": error.mend(lang),
    }
    tables = getattr(error, "tables", None)
    return {**plain, "tables": list(tables)} if tables else plain
