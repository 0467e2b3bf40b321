"""Risk: text rules, sentiment, alert windows, break points and the risk matrix."""
