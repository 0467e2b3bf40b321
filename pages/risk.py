"""C1: risk and alerts."""

from app import data, state
from app.ui import empty, filters
from app.views import alerts, arrival, matrix, watch

lang = state.language()
scope = filters.page("C1", lang)
if data.empty():
    empty.welcome(lang)
else:
    arrival.show(scope, lang)
    alerts.status(scope, lang)
    matrix.risks(scope, lang)
    watch.tabs(scope, lang)
