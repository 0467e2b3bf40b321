"""U2: attribution and channels."""

from app import data, state
from app.ui import empty, filters
from app.views import arrival, reach

lang = state.language()
scope = filters.page("U2", lang)
if data.empty():
    empty.welcome(lang)
else:
    arrival.show(scope, lang)
    reach.TABS.show(scope, lang)
