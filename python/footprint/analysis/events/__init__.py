"""Questions over the event log: one file per question, thin over ``footprint.engine``."""
