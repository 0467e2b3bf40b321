"""U1: funnel and journey."""

from app import data, state
from app.ui import empty, filters
from app.views import arrival, journey

lang = state.language()
scope = filters.page("U1", lang)
if data.empty():
    empty.welcome(lang)
else:
    arrival.show(scope, lang)
    journey.TABS.show(scope, lang)
