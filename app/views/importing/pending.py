"""What waits to be imported in this session: the files, what was said of them, their preview."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st
from footprint.ingest.choices import Answers
from footprint.ingest.preview import Preview
from footprint.ingest.source import Upload, upload_size

from app import data
from app.uploads import dropzone
from app.uploads.spool import Waiting

_ANSWERS, _PREVIEW = "fp.answers", "fp.preview"
_SMALL_BYTES = 1 << 20


def answers() -> Answers:
    """What was said so far."""
    return st.session_state.get(_ANSWERS, Answers())


def say(now: Answers) -> None:
    """Keep what was said; the preview follows."""
    st.session_state[_ANSWERS] = now


def forget() -> None:
    """Back to what is recognised without a word."""
    st.session_state.pop(_ANSWERS, None)
    st.session_state.pop(_PREVIEW, None)


def uploads(files: Sequence[Waiting]) -> list[Upload]:
    """Files of the spool under their own names."""
    return [(file.name, file.path) for file in files]


def preview(files: Sequence[Waiting]) -> Preview:
    """The effect of the files with what was said, worked out once per data version.

    Raises UsageError and WorkspaceError.
    """
    said = answers()
    key = json.dumps([[file.id for file in files], data.current().version, said.to_dict()])
    kept: tuple[str, Preview] | None = st.session_state.get(_PREVIEW)
    if kept is None or kept[0] != key:
        kept = (key, _look(files, said))
        st.session_state[_PREVIEW] = kept
    return kept[1]


def _look(files: Sequence[Waiting], said: Answers) -> Preview:
    """Small files are looked at here, which takes less time than a process of its own."""
    workspace, given = data.workspace(), uploads(files)
    large = sum(map(upload_size, given)) > _SMALL_BYTES
    return (workspace.preview_apart if large else workspace.preview)(given, said)


def discard(files: Sequence[Waiting]) -> None:
    """Delete waiting files; nothing said of them is kept."""
    dropzone.drop(files)
    forget()
