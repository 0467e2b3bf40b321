"""L3: improvement loop."""

from app import state
from app.ui import filters
from app.views import improve

lang = state.language()
filters.page("L3", lang, scoped=False)
improve.tabs(lang)
