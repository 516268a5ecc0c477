# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Lookups: what a pack asks its surroundings for while it is listed."""

from __future__ import annotations

import builtins
import io
import os
import sys
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

#: What every listing may use: our own packages and what they import.
OWN = frozenset({"brainsmith", "brainsmith_core", "pluggy", "importlib_metadata", "zipp", "packaging"})


class Lookups:
    """A finder that finds nothing, and notes what it was asked; and what else was looked up meanwhile.

    ``foreign`` says that a module was looked for that is neither the pack's nor ours nor the standard
    library's, found or not. ``variables`` and ``files`` are the environment variables and files read.
    """

    def __init__(self, own: str) -> None:
        self._known = OWN | {own} | sys.stdlib_module_names
        self.foreign = False
        self.variables: set[str] = set()
        self.files: set[str] = set()

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        """Note a module."""
        self.foreign = self.foreign or self.is_foreign(name.partition(".")[0])

    def find_distributions(self, context: Any = None) -> tuple[()]:
        """Note that somebody wants to know which distributions are installed."""
        self.foreign = True
        return ()

    def is_foreign(self, name: str) -> bool:
        """Whether a top-level module is neither the pack's nor ours nor the standard library's."""
        return name not in self._known


@contextmanager
def recorded(package: str) -> Iterator[Lookups]:
    """While active, lookups by the pack whose top-level package is ``package`` are noted.

    A module that is imported already is not looked up again, so a process that has foreign ones counts
    as if the pack had asked for one.
    """
    lookups = Lookups(package)
    tops = [
        name for name in list(sys.modules) if "." not in name and not name.startswith(("__", "_distutils"))
    ]
    lookups.foreign = any(map(lookups.is_foreign, tops))
    environment = type(os.environ)
    read_variable, opened = environment.__getitem__, builtins.open
    sys.meta_path.insert(0, lookups)
    environment.__getitem__ = _noting(read_variable, lookups.variables)  # type: ignore[method-assign]
    builtins.open = io.open = _noting_path(opened, lookups.files)
    try:
        yield lookups
    finally:
        builtins.open = io.open = opened
        environment.__getitem__ = read_variable  # type: ignore[method-assign]
        sys.meta_path.remove(lookups)


def _noting(read: Callable[..., Any], names: set[str]) -> Callable[..., Any]:
    def read_and_note(environment: object, name: str) -> Any:
        names.add(str(name))
        return read(environment, name)

    return read_and_note


def _noting_path(opened: Callable[..., Any], files: set[str]) -> Callable[..., Any]:
    def open_and_note(file: Any, *words: Any, **more: Any) -> Any:
        if isinstance(file, (str, os.PathLike)):
            files.add(os.path.abspath(file))  # noqa: PTH100
        return opened(file, *words, **more)

    return open_and_note
