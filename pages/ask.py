"""ASK: any question of the registry."""

from app import data, state
from app.ui import empty, filters
from app.views import asking

lang = state.language()
scope = filters.page("ASK", lang)
if data.empty():
    empty.welcome(lang)
asking.show(scope, lang)
