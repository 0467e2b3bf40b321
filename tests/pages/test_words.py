"""Every column, frame and coded word an answer shows has words in both languages."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from footprint.errors import FootprintError
from footprint.questions import questions
from footprint.result import Result
from footprint.workspace import Workspace

from app.ui import labels
from app.ui.labels import COLUMNS, FRAMES, VALUES

CODED = ("state", "status", "verdict", "area", "treatment", "model", "phase", "tier", "segment",
         "source", "severity", "colour", "channel", "channel_class", "platform")  # fmt: skip


@pytest.fixture(scope="module")
def answers(sample: Path) -> dict[str, Result]:
    workspace, found = Workspace(sample), {}
    for id in questions():
        try:
            found[id] = workspace.ask(id)
        except FootprintError:
            continue
    assert len(found) > 20
    return found


def test_every_column_has_a_heading(answers: dict[str, Result]) -> None:
    columns = {
        (id, name)
        for id, answer in answers.items()
        for frame in answer.frames.values()
        for name in labels.localised(frame, "zh").columns
    }
    assert not {(id, name) for id, name in columns if name not in COLUMNS}


def test_every_frame_has_a_title(answers: dict[str, Result]) -> None:
    assert not {n for answer in answers.values() for n in answer.frames if n not in FRAMES}


def test_every_coded_word_is_translated(answers: dict[str, Result]) -> None:
    codes = {
        str(code)
        for answer in answers.values()
        for frame in answer.frames.values()
        for name in CODED
        if frame.schema.get(name) == pl.String
        for code in frame[name].drop_nulls().unique()
    }
    assert not {code for code in codes if code.isascii() and labels.value(code, "zh") == code}


def test_no_word_is_left_empty() -> None:
    texts = [*VALUES.values(), *FRAMES.values(), *(text for text, _ in COLUMNS.values())]
    assert all(text.zh.strip() and text.en.strip() for text in texts)
    assert not [text for text in texts if not text.en.isascii() and "·" not in text.en]


def test_every_question_has_words_and_scalars_their_labels(answers: dict[str, Result]) -> None:
    lacking = {
        (id, name)
        for id, answer in answers.items()
        for name, scalar in answer.scalars.items()
        if scalar.label is None and name not in COLUMNS
    }
    assert not lacking
