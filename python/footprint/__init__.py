"""Footprint: self-service insight for live-commerce shops.

>>> import footprint as fp
>>> workspace = fp.open("my-shop")            # doctest: +SKIP
>>> workspace.import_files(["orders.csv"])    # doctest: +SKIP
>>> workspace.ask("board").scalars["gmv"]     # doctest: +SKIP

Importing this package is cheap: everything heavy loads when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from footprint.errors import DataMissing, FootprintError, InputRejected, UsageError
    from footprint.result import Finding, Result, Scalar
    from footprint.scope import Scope
    from footprint.settings import Settings
    from footprint.workspace import Workspace, open

__version__ = "0.1.0"

_HOME = {
    "DataMissing": "footprint.errors",
    "Finding": "footprint.result",
    "FootprintError": "footprint.errors",
    "InputRejected": "footprint.errors",
    "Result": "footprint.result",
    "Scalar": "footprint.result",
    "Scope": "footprint.scope",
    "Settings": "footprint.settings",
    "UsageError": "footprint.errors",
    "Workspace": "footprint.workspace",
    "open": "footprint.workspace",
}

__all__ = [
    "DataMissing",
    "Finding",
    "FootprintError",
    "InputRejected",
    "Result",
    "Scalar",
    "Scope",
    "Settings",
    "UsageError",
    "Workspace",
    "open",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
