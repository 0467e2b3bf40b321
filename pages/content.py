"""U5: content, scripts and goods."""

from app import data, state
from app.ui import empty, filters
from app.views import arrival, content

lang = state.language()
scope = filters.page("U5", lang)
if data.empty():
    empty.welcome(lang)
else:
    arrival.show(scope, lang)
    content.tabs(scope, lang)
