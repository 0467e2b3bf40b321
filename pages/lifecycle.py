"""U4: lifecycle and referral."""

from app import data, state
from app.ui import empty, filters
from app.views import arrival, phases

lang = state.language()
scope = filters.page("U4", lang)
if data.empty():
    empty.welcome(lang)
else:
    arrival.show(scope, lang)
    phases.TABS.show(scope, lang)
