"""Links to reports and live pages: random, hashed, read-only, ending, counted, revocable."""

from footprint.sharing.links import Link, Links, Refusal, Target

__all__ = ["Link", "Links", "Refusal", "Target"]
