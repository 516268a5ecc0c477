# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The build log: what steps log and warn of, in a file that also keeps the tracebacks."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

logger = logging.getLogger("brainsmith.build")
#: What steps log here the user is shown as well, as a note while the build goes on.
NOTES = "brainsmith.build.notes"


@contextmanager
def build_log(path: Path, note: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Append everything that is logged, and Python's warnings, to a file for as long as the context lasts.

    ``note`` is called with each message of the logger ``NOTES``, too. A log that cannot be written is no
    reason to stop a build: what it would have held is dropped.
    """
    handler = _BuildLogHandler(path, mode="a", encoding="utf-8", errors="backslashreplace", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root, level = logging.getLogger(), logger.level
    notes, noting = logging.getLogger(NOTES), _NoteHandler(note)
    root.addHandler(handler)
    notes.addHandler(noting)
    logger.setLevel(level or logging.INFO)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _log_warning
            yield
    finally:
        root.removeHandler(handler)
        notes.removeHandler(noting)
        logger.setLevel(level)
        with suppress(OSError):
            handler.close()


class _BuildLogHandler(logging.FileHandler):
    def emit(self, record: logging.LogRecord) -> None:
        """Write the record; opening the file may fail like writing it."""
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        """Say nothing: a full disk is reported by the next checkpoint."""


class _NoteHandler(logging.Handler):
    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__()
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the message, without where and when."""
        self._note(record.getMessage())


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    logger.warning("%s:%s: %s: %s", filename, lineno, category.__name__, message)
