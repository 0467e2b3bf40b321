"""C1: risk and alerts."""

from app import data, state
from app.ui import empty, filters
from app.views import alerts, matrix, watch

lang = state.language()
scope = filters.page("C1", lang)
if data.empty():
    empty.welcome(lang)
else:
    alerts.status(scope, lang)
    matrix.risks(scope, lang)
    watch.tabs(scope, lang)
