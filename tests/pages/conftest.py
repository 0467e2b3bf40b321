"""Workspaces for the page tests: the sample shop, the same without one table, and nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from footprint.terminal.serving import sample_files
from footprint.workspace import Workspace
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

Open = Callable[..., AppTest]


def made(folder: Path, without: str | None = None) -> Path:
    """A workspace with the sample, less one table."""
    files = [file for file in sample_files() if file.stem != without]
    if without == "products":
        files = [file for file in files if "gbk" not in file.name]
    Workspace(folder).import_files(files)
    return folder


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page by its path in a fresh session over a workspace."""

    def opened(workspace: Path, page: str, lang: str = "zh", **query: str) -> AppTest:
        monkeypatch.setenv("FOOTPRINT_WORKSPACE", str(workspace))
        app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=60)
        for name, value in {"lang": lang, **query}.items():
            app.query_params[name] = value
        app.run()
        return app.switch_page(f"../pages/{page}.py").run()

    return opened


def words(app: AppTest) -> str:
    """Everything the page says in sentences, as one text."""
    kinds = ("html", "markdown", "warning", "error", "caption", "text")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))
