"""Worlds with planted truths: as tables, and imported the ordinary way into a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import footprint
import polars as pl
import pytest
from changed_shop import CHANGED
from footprint import sample
from footprint.workspace import Workspace

# Salt and parameters of each shop the truths are asked of.
SHOPS: dict[str, tuple[int, Mapping[str, Any]]] = {
    "salt 0": (0, {}),
    "salt 1": (1, {}),
    "salt 2": (2, {}),
    "other numbers": (3, CHANGED),
}


@pytest.fixture(scope="session")
def workspace_of(tmp_path_factory: pytest.TempPathFactory):
    """The workspace of a shop of ``SHOPS``, written and imported once."""

    @cache
    def make(shop: str) -> Workspace:
        salt, params = SHOPS[shop]
        folder = tmp_path_factory.mktemp("shop")
        files = sample.write(folder / "files", "tiny", salt, "quota", params)
        workspace = footprint.open(folder / "workspace")
        workspace.import_files(sorted(files.glob("*.csv")))
        return workspace

    return make


@pytest.fixture(scope="session", params=["salt 0", "other numbers"])
def planted(request: pytest.FixtureRequest) -> tuple[dict[str, pl.DataFrame], Mapping[str, Any]]:
    """Tables of a shop, and all of its parameters."""
    salt, params = SHOPS[request.param]
    tables, _ = sample.plant(params, "tiny", salt)
    return tables, {**sample.DEFAULTS, **params}
