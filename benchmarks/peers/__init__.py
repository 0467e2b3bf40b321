"""The eight questions in each engine, by that engine's best known plan."""
