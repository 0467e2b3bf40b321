"""The words of the sample shop, from ``words.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def words() -> dict[str, Any]:
    """Goods, hosts, scripts and comments in Chinese."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
