"""M1: KPI board and trends."""

from app import data, state
from app.ui import empty, filters
from app.views import arrival, board, goals

lang = state.language()
scope = filters.page("M1", lang)
if data.empty():
    empty.welcome(lang)
else:
    arrival.show(scope, lang)
    board.scorecard(scope, lang)
    board.trend(scope, lang)
    board.weekend(scope, lang)
    goals.goals(scope, lang)
