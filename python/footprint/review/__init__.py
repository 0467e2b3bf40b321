"""The weekly brief: findings of every question, ranked, in words, as data, CSV and HTML."""

from footprint.review.targets import Headline, TargetLine
from footprint.review.weekly import Brief, Skipped, brief

__all__ = ["Brief", "Headline", "Skipped", "TargetLine", "brief"]
