"""Errors of the compiled part are ordinary exceptions that say what and where."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from footprint import _core
from footprint.engine import EventLog, Task
from footprint.errors import UsageError

from .conftest import events_of


@pytest.fixture(scope="module")
def log() -> EventLog:
    return EventLog.build(events_of([(i, f"u{i}", "enter") for i in range(50)]))


def test_cancelled_task_stops_the_question(log: EventLog) -> None:
    task = Task()
    task.cancel()
    with pytest.raises(_core.Cancelled):
        log.funnel(["enter"], task=task)
    assert task.cancelled


def test_progress_reaches_all_rows(log: EventLog) -> None:
    task = Task()
    log.funnel(["enter"], task=task)
    assert task.done == log.rows


def test_wrong_mask_length_is_a_usage_error(log: EventLog) -> None:
    with pytest.raises(UsageError, match="7 rows"):
        log.funnel(["enter"], mask=pl.Series([True] * 7))


def test_wrong_type_names_the_column() -> None:
    text = pl.Series(["a"])
    with pytest.raises(TypeError, match="instants: expected Int64"):
        _core.Layout.build(text, text, text, text, None, "")


def test_lengths_must_agree() -> None:
    one, two = pl.Series([0], dtype=pl.Int64), pl.Series([0, 0], dtype=pl.UInt8)
    with pytest.raises(ValueError, match="1 instants, 2 events"):
        _core.Layout.build(pl.Series(["u"]), one, two, two, None, "")


@pytest.mark.parametrize("steps", [[], ["enter"] * 40])
def test_number_of_steps(log: EventLog, steps: list[str]) -> None:
    with pytest.raises(UsageError):
        log.funnel(steps)


def test_negative_window(log: EventLog) -> None:
    with pytest.raises(UsageError):
        log.funnel(["enter"], timedelta(seconds=-1))


def test_unknown_model_lists_the_models(log: EventLog) -> None:
    with pytest.raises(UsageError, match="shapley_rate"):
        log.attribution(models=["magic"])


def test_unknown_user_code(log: EventLog) -> None:
    with pytest.raises(ValueError, match="user code 99"):
        log.user_ids(pl.Series([99]))


def test_chunked_columns_are_taken(log: EventLog) -> None:
    codes, words = _core.encode(
        pl.concat([pl.Series(["b", None]), pl.Series(["a"])], rechunk=False)
    )
    assert words == ["a", "b"]
    assert pl.DataFrame(codes)["code"].to_list() == [1, None, 0]
