"""U3: retention and value."""

from app import data, state
from app.ui import empty, filters
from app.views import arrival, customers

lang = state.language()
scope = filters.page("U3", lang)
if data.empty():
    empty.welcome(lang)
else:
    arrival.show(scope, lang)
    customers.TABS.show(scope, lang)
