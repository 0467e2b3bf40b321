"""The coverage document is that of the code, and declarations name rows that exist."""

import csv
from pathlib import Path

import pytest
from footprint.coverage_docs import REVIEW, coverage, document
from footprint.metrics.registry import metrics
from footprint.questions import questions
from footprint.result import PAGE_PATHS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def listed() -> set[str]:
    path = ROOT / "python" / "footprint" / "requirements.csv"
    return {row["row"] for row in csv.DictReader(path.read_text("utf-8").splitlines())}


def test_the_coverage_document_is_up_to_date() -> None:
    assert (ROOT / "docs" / "coverage.md").read_text("utf-8") == document(ROOT / "tests")


def test_every_declared_row_is_a_requirement(listed: set[str]) -> None:
    declared = {
        *(row for one in (*questions().values(), *metrics().values()) for row in one.rows),
        *(row for rows in REVIEW.values() for row in rows),
    }
    assert declared <= listed


def test_every_answered_row_is_read_by_a_test_or_planted() -> None:
    rows = coverage(ROOT / "tests")
    assert not [row.id for row in rows if row.answers and not (row.tests or row.truths)]


def test_questions_stand_on_known_pages() -> None:
    assert {question.page for question in questions().values()} <= set(PAGE_PATHS)
