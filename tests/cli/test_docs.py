"""Generated documents are those of the code."""

from pathlib import Path

from footprint.schema import TABLES
from footprint.schema_docs import document
from footprint.templates import describe

DOCS = Path(__file__).parents[2] / "docs"


def test_the_tables_document_is_up_to_date() -> None:
    assert (DOCS / "tables.md").read_text("utf-8") == document()


def test_every_column_is_described_in_both_languages() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert describe(column, "zh") and describe(column, "en"), (table.name, column.name)
