"""Entry of the app (``streamlit run app/main.py``): page configuration, language, navigation."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from app import nav, people, state  # noqa: E402
from app.ui import style  # noqa: E402

LOGO = ROOT / "app" / "static" / "logo.svg"
ICON = ROOT / "app" / "static" / "icon.svg"


@st.cache_resource(show_spinner=False)
def _freeze() -> None:
    """Once per process: what the imports made is never garbage, so do not look through it again."""
    gc.collect()
    gc.freeze()


def main() -> None:
    """One run of the script: everything every page shares, then the page."""
    st.set_page_config(page_title="Footprint 足跡", page_icon=str(ICON), layout="wide")
    st.logo(str(LOGO), icon_image=str(LOGO), size="large")
    style.apply()
    people.install()
    lang = state.language()
    if people.turned_away(lang):
        return
    page = nav.navigation(lang)
    state.sync()
    page.run()
    _freeze()


main()
