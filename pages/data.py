"""W2: data desk and settings."""

from app import state
from app.ui import filters
from app.views import desk

lang = state.language()
filters.page("W2", lang, scoped=False)
desk.tabs(lang)
