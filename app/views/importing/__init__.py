"""The import wizard of the data desk: check, answer, see the effect, accept, watch, undo."""
