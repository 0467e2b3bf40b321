"""Faults of the disk and the catalogue as errors a person can act on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import Timeout

from footprint.errors import WorkspaceError
from footprint.text import Text

_READ_ONLY = (
    Text("工作区不能写入：{path}", "the workspace cannot be written: {path}"),
    Text("请给予写权限，或用 --workspace 换一个目录。",
         "Allow writing there, or choose another folder with --workspace."),
)  # fmt: skip
_FULL = (
    Text("磁盘满了：{path}", "the disk is full: {path}"),
    Text(
        "请清出空间后重试；已有数据没有改动。", "Free some space and retry; the data is unchanged."
    ),
)
_BUSY = (
    Text("工作区正忙：{path}", "the workspace is busy: {path}"),
    Text("请稍后重试。", "Try again in a moment."),
)
_DAMAGED = (
    Text("工作区已损坏：{path}", "the workspace is damaged: {path}"),
    Text("请从备份恢复，或用 --workspace 新建一个并重新导入。",
         "Restore it from a backup, or start a new one with --workspace and import again."),
)  # fmt: skip
_UNREADABLE = (
    Text("读不到工作区：{path}", "the workspace cannot be read: {path}"),
    Text("请检查路径和权限。", "Check the path and its permissions."),
)
_BY_ERRNO = {
    errno.EROFS: _READ_ONLY, errno.EACCES: _READ_ONLY, errno.EPERM: _READ_ONLY,
    errno.ENOSPC: _FULL, errno.EDQUOT: _FULL, errno.EFBIG: _FULL,
    errno.ENOTDIR: _UNREADABLE, errno.EEXIST: _UNREADABLE,
}  # fmt: skip
_BY_WORDS = (
    ("readonly", _READ_ONLY), ("full", _FULL), ("locked", _BUSY), ("busy", _BUSY),
    ("not a database", _DAMAGED), ("malformed", _DAMAGED), ("no such", _DAMAGED),
    ("unable to open", _UNREADABLE),
)  # fmt: skip


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn OSError and sqlite3.Error into WorkspaceError naming ``path`` and the mend."""
    try:
        yield
    except Timeout as error:
        raise _told(_BUSY, path) from error
    except OSError as error:
        raise _told(_BY_ERRNO.get(error.errno or 0, _UNREADABLE), path) from error
    except sqlite3.Error as error:
        words = str(error).lower()
        told = next((told for word, told in _BY_WORDS if word in words), _DAMAGED)
        raise _told(told, path) from error


def damaged(path: Path) -> WorkspaceError:
    """The error for a file of the workspace that cannot be read as what it should be."""
    return _told(_DAMAGED, path)


def _told(told: tuple[Text, Text], path: Path) -> WorkspaceError:
    what, mend = told
    return WorkspaceError(Text(what.zh.format(path=path), what.en.format(path=path)), mend)
