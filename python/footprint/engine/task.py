"""A running question that can be watched and cancelled."""

from __future__ import annotations

from footprint._core import Task

__all__ = ["Task"]
