"""Ways out of the house: a report as HTML, PDF, Excel, Markdown, its charts as SVG and PNG."""

from footprint.outlets.files import KINDS, Kind, file_of

__all__ = ["KINDS", "Kind", "file_of"]
