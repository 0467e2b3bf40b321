"""W1: weekly brief."""

from app import data, state
from app.ui import empty, filters
from app.views import brief

lang = state.language()
filters.page("W1", lang, scoped=False)
if data.empty():
    empty.welcome(lang)
else:
    brief.show(lang)
