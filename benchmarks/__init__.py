"""Footprint measured side by side with its peers; ``python benchmarks/run.py``."""
