# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The installed packs, as references read from package metadata; nothing of them is imported."""

from __future__ import annotations

import re

import importlib_metadata

from brainsmith_core.hookspecs import PROJECT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

#: The entry-point group through which every pack enters.
GROUP = PROJECT


class PackRef:
    """An entry point of the group ``brainsmith``: who offers it, under which source name, and where."""

    __slots__ = ("distribution", "source", "value", "version")

    def __init__(self, *, distribution: str, version: str, source: str, value: str) -> None:
        self.distribution = distribution
        self.version = version
        self.source = source
        self.value = value

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What two references share only if they are the same."""
        return (self.source, self.distribution, self.version, self.value)

    @property
    def registration_name(self) -> str:
        """The name under which pluggy knows the pack, unique even if two packs share a source name."""
        return f"{self.distribution}:{self.source}={self.value}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PackRef) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"PackRef({self.distribution} {self.version}: {self.source} = {self.value})"


def installed_packs() -> tuple[PackRef, ...]:
    """Every entry point of the group, in the order of source name, then distribution.

    A distribution found twice on ``sys.path`` counts where it is found first, as it does for ``import``.
    One whose metadata cannot be read is passed over: it cannot say that it is a pack.
    """
    return tuple(sorted(set(_references()), key=lambda ref: ref.key))


def _references() -> Iterator[PackRef]:
    seen: set[str] = set()
    for distribution in importlib_metadata.distributions():
        try:
            name, version = distribution.metadata["Name"], distribution.version
            entry_points = list(distribution.entry_points)
        except Exception:  # whatever a damaged distribution raises, it must not hide the others
            continue
        normalised = re.sub(r"[-_.]+", "-", str(name or "")).lower()
        if not normalised or normalised in seen:
            continue
        seen.add(normalised)
        for entry_point in entry_points:
            if entry_point.group == GROUP:
                yield PackRef(
                    distribution=normalised,
                    version=str(version or ""),
                    source=entry_point.name,
                    value=entry_point.value,
                )
