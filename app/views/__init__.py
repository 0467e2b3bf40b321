"""The sections of each page: ask a question, show its answer. One module per page."""
