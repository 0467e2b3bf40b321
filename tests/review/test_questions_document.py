"""docs/questions.md says what the registry says."""

from __future__ import annotations

from pathlib import Path

from footprint.questions import questions
from footprint.questions_docs import document

DOCUMENT = Path(__file__).parents[2] / "docs" / "questions.md"


def test_the_document_is_up_to_date():
    """Mend: python -m footprint.questions_docs > docs/questions.md"""
    assert DOCUMENT.read_text("utf-8") == document()


def test_every_question_says_what_it_answers():
    for id, question in questions().items():
        assert question.doc.strip(), id
        assert question.title.zh, id
        assert question.title.en, id
        assert question.title.zh.endswith("？"), id
        assert question.rows, id
