"""U2: attribution and channels."""

from app import data, state
from app.ui import empty, filters
from app.views import arrival, attribution, channels

lang = state.language()
scope = filters.page("U2", lang)
if data.empty():
    empty.welcome(lang)
else:
    arrival.show(scope, lang)
    attribution.models(scope, lang)
    attribution.paths(scope, lang)
    channels.cost(scope, lang)
    channels.matrix(scope, lang)
    channels.platforms(scope, lang)
