"""The one direction of the code: pages -> app -> python/footprint -> footprint._core."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What each layer may never import; a layer sees only what lies below it.
FORBIDDEN = {
    "pages": {"footprint._core"},
    "app": {"pages", "footprint._core"},
    "python/footprint": {"pages", "app", "streamlit", "altair"},
}
# The engine is the one door to the Rust core.
DOOR = ROOT / "python/footprint/engine"
KERNELS = ("kernels", "attribution")


def imports(path: Path) -> set[str]:
    """Every dotted module name a file imports, wherever in the file it stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def breaches(layer: str, path: Path) -> set[str]:
    banned = FORBIDDEN[layer]
    return {
        name for name in imports(path) if any(name == b or name.startswith(f"{b}.") for b in banned)
    }


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_no_layer_imports_from_above(layer: str) -> None:
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files, f"{layer} holds no code"
    found = {str(path.relative_to(ROOT)): bad for path in files if (bad := breaches(layer, path))}
    assert not found


def test_only_the_engine_opens_the_core() -> None:
    files = [p for p in (ROOT / "python/footprint").rglob("*.py") if DOOR not in p.parents]
    users = [str(p) for p in files if any(n.startswith("footprint._core") for n in imports(p))]
    assert not users


@pytest.mark.parametrize("folder", KERNELS)
def test_kernels_know_no_strings_files_or_python(folder: str) -> None:
    files = sorted((ROOT / "footprint_core/src" / folder).rglob("*.rs"))
    assert files, f"{folder} holds no kernels"
    banned = re.compile(r"\b(pyo3|std::fs|std::io|arrow|memmap2)\b")
    for path in files:
        lines = path.read_text("utf-8").splitlines()
        code = "\n".join(line for line in lines if not line.strip().startswith("//"))
        assert not banned.search(code), f"{path.name} reaches out of its layer"


def test_the_rule_would_notice_a_breach(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    import streamlit.components.v1\n    from app.ui import cards\n")
    assert breaches("python/footprint", bad) >= {"streamlit.components.v1", "app.ui"}
