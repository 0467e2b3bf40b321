"""What must never be in the repository: registry hosts, paths of a machine, secrets."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# In pieces, so that this file does not find itself.
HOSTS = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs"]))
PATHS = re.compile(r"(?<![\w.])/(root|home)/[\w.]+")
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}")


def tracked_text() -> dict[str, str]:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    found = {}
    for name in filter(None, names):
        path = ROOT / name
        # Cargo writes the registry into its own lock file.
        if name == "Cargo.lock" or not path.is_file():
            continue
        try:
            found[name] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_nothing_of_this_machine_or_a_registry_is_committed() -> None:
    texts = tracked_text()
    assert len(texts) > 20
    found = {
        name: match.group()
        for name, text in texts.items()
        for rule in (HOSTS, PATHS, SECRETS)
        if (match := rule.search(text))
    }
    assert not found
