# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The faults of a blueprint, gathered so that one run reports them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from brainsmith_core.errors import BlueprintError, BlueprintFault, BrainsmithError
from brainsmith_core.yaml_document import Place

LocatedFault = tuple[Place, BrainsmithError]


class Faults:
    """A growing list of faults, each with the place that it is about."""

    def __init__(self, found: Iterable[LocatedFault] = ()) -> None:
        self._found: list[LocatedFault] = list(found)

    def __iter__(self) -> Iterator[LocatedFault]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, at: Place, fact: str, remedy: str) -> None:
        """Note one thing that is wrong at a place."""
        self._found.append((at, BlueprintFault(fact, place=str(at), remedy=remedy)))

    def extend(self, found: Iterable[LocatedFault]) -> None:
        """Take over faults that were found elsewhere."""
        self._found.extend(found)

    def raise_any(self, file: str) -> None:
        """Raise ``BlueprintError`` with all faults, those of ``file`` first, in the order of their lines."""
        if self._found:
            ordered = sorted(self._found, key=lambda found: _order(file, found[0]))
            raise BlueprintError((fault for _, fault in ordered), place=file)


def _order(file: str, at: Place) -> tuple[bool, str, int, int]:
    return (at.file != file, at.file, at.line, at.column)
