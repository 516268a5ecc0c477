# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The output folder: what a build may write into, held by one process at a time, never half-written."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from brainsmith_core.errors import OutputError

#: The file that makes a folder a build's; it holds the build's state.
STATE_FILE = "build.json"

_LOCK_FILE = ".lock"
_PART = ".part-"
_REMEDIES = {
    errno.ENOSPC: "free some space, then go on with --resume",
    errno.EDQUOT: "free some of your quota, then go on with --resume",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f), then go on with --resume",
    errno.EACCES: "name a folder that you may write to",
    errno.EPERM: "name a folder that you may write to",
    errno.EROFS: "name a folder on a file system that can be written",
    errno.ENOTDIR: "name a folder whose parents are all folders",
}


class OutputFolder:
    """A folder that this process alone builds in; made by ``hold``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def has_build(self) -> bool:
        """Whether an earlier build left its state here."""
        return (self.path / STATE_FILE).exists()

    def write(self, name: str, write: Callable[[Path], None]) -> Path:
        """Have ``write`` make the file ``name`` under another name beside it, then put it in its place.

        A file that was there stays as it was until the new one is whole. Raises ``OutputError`` with what
        the operating system said.
        """
        place = self.path / name
        part = place.with_name(_PART + place.name)
        with _described(place):
            place.parent.mkdir(exist_ok=True)
            try:
                write(part)
                part.replace(place)
            finally:
                part.unlink(missing_ok=True)
        return place

    def write_text(self, name: str, text: str) -> Path:
        """Put a text file in its place, whole."""
        return self.write(name, lambda part: _write_text(part, text))


@contextmanager
def hold(path: Path, *, continuing: bool) -> Iterator[OutputFolder]:
    """Make the folder if need be and keep other builds out of it for as long as the context lasts.

    ``continuing`` says that the folder may hold an earlier build. A folder that was made here and stayed
    empty is removed again. Raises ``OutputError`` if the path is no folder, cannot be written, is in use by
    another build, or holds anything that this build has no right to add to.
    """
    path = path.absolute()
    made = not path.exists()
    with _described(path):
        if path.exists() and not path.is_dir():
            raise OutputError(
                "is a file, not a folder", place=str(path), remedy="name a folder that is not there yet"
            )
        path.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        try:
            _check_contents(path, continuing)
            yield OutputFolder(path)
        finally:
            (path / _LOCK_FILE).unlink(missing_ok=True)
            if made:
                with suppress(OSError):
                    path.rmdir()


def _check_contents(path: Path, continuing: bool) -> None:
    with _described(path):
        names = sorted(entry.name for entry in path.iterdir())
    names = [name for name in names if name != _LOCK_FILE and not name.startswith(_PART)]
    if STATE_FILE in names:
        if not continuing:
            raise OutputError(
                "holds a build already",
                place=str(path),
                remedy="go on with that build with --resume or --start STEP, or name another folder",
            )
    elif names:
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        raise OutputError(
            f"is not empty and holds no build: {shown}",
            place=str(path),
            remedy="name a folder that is empty or not there yet",
        )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    # The kernel drops the lock with the process, however that ends, so no lock is ever stale.
    lock = path / _LOCK_FILE
    with _described(path):
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = lock.exists() and os.path.samestat(os.fstat(descriptor), lock.stat())
        except BlockingIOError:
            held = False
        if not held:
            holder = os.read(descriptor, 20).decode(errors="replace")
            raise OutputError(
                f"another build is running here{f' (process {holder})' if holder else ''}",
                place=str(path),
                remedy="wait for it to end, or name another folder",
            )
        with _described(path):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _described(place: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, OutputError) as error:
        # A framework may have described its own OSError, but it knows neither the file's name nor --resume.
        cause = error.__cause__ if isinstance(error, OutputError) else error
        if not isinstance(cause, OSError):
            raise
        raise OutputError(
            f"cannot be written: {cause.strerror or cause}",
            place=str(place),
            remedy=_REMEDIES.get(cause.errno or 0, "name another folder"),
        ) from cause


def _write_text(path: Path, text: str) -> None:
    # A lone surrogate, as in an undecodable file name, must not keep a report from being written.
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
