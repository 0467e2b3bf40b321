"""One module per question: a pure function from data and scope to a result."""
