"""U3: retention and value tiers."""

from app import data, state
from app.ui import empty, filters
from app.views import arrival, retention, value

lang = state.language()
scope = filters.page("U3", lang)
if data.empty():
    empty.welcome(lang)
else:
    arrival.show(scope, lang)
    retention.cohorts(scope, lang)
    value.tiers(scope, lang)
    value.segments(scope, lang)
    retention.repurchase(scope, lang)
