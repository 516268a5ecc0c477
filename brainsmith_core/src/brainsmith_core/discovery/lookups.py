# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Lookups: which foreign modules a pack asks for while it is listed, found or not."""

from __future__ import annotations

import sys
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

#: What every listing may use: our own packages and what they import.
OWN = frozenset({"brainsmith", "brainsmith_core", "pluggy", "importlib_metadata", "zipp", "packaging"})


class Lookups:
    """A finder that finds nothing, and notes what it was asked."""

    def __init__(self, own: str) -> None:
        self._known = OWN | {own} | sys.stdlib_module_names
        self.foreign = False

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        """Note a module that is neither the pack's nor ours nor the standard library's."""
        self.foreign = self.foreign or name.partition(".")[0] not in self._known

    def find_distributions(self, context: Any = None) -> tuple[()]:
        """Note that somebody wants to know which distributions are installed."""
        self.foreign = True
        return ()


@contextmanager
def recorded(package: str) -> Iterator[Lookups]:
    """While active, lookups by the pack whose top-level package is ``package`` are noted.

    A module that is imported already is not looked up again, so a process that has foreign ones counts
    as if the pack had asked for one.
    """
    lookups = Lookups(package)
    lookups.foreign = any(_is_foreign(name, lookups) for name in list(sys.modules))
    sys.meta_path.insert(0, lookups)
    try:
        yield lookups
    finally:
        sys.meta_path.remove(lookups)


def _is_foreign(name: str, lookups: Lookups) -> bool:
    # Only top-level names: a submodule's package is there as well.
    return "." not in name and name not in lookups._known and not name.startswith(("__", "_distutils"))
