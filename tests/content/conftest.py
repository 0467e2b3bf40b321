"""First use of a heavy library takes seconds, so property tests here have no time limit each."""

from hypothesis import settings

settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")
