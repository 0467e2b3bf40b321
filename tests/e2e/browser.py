"""Which Chromium the browser tests use; ``--install`` fetches Playwright's when none is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> Path | None:
    """FOOTPRINT_CHROMIUM, else one on the path, else Playwright's own, else None."""
    named = os.environ.get("FOOTPRINT_CHROMIUM")
    on_path = next((found for name in NAMES if (found := shutil.which(name))), None)
    for candidate in (named, on_path):
        if candidate and Path(candidate).exists():
            return Path(candidate)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def install() -> int:
    """Fetch Playwright's Chromium unless one is there; the exit code."""
    if find():
        return 0
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode


if __name__ == "__main__":
    if "--install" in sys.argv:
        sys.exit(install())
    print(find() or "no browser found")
