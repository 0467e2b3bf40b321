"""The metrics of a shop, each declared once; boards, tooltips, goals and the glossary read them."""

from footprint.metrics.registry import Measure, Metric, by_group, measure, metric, metrics
from footprint.metrics.view import By, SliceError, View

__all__ = [
    "By",
    "Measure",
    "Metric",
    "SliceError",
    "View",
    "by_group",
    "measure",
    "metric",
    "metrics",
]
