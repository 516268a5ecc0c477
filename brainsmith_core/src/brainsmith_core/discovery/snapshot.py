# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Snapshot: what the packs of one discovery share, so that each file is read once and checked once."""

from __future__ import annotations

from _thread import _local
from contextlib import contextmanager

from brainsmith_core.memory import Uncollected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from brainsmith_core.discovery.inventory import FileStamp
    from brainsmith_core.discovery.source import ModuleSource

    #: Full name of a module, the stamp of its file, and whether it was parsed whole.
    SourceKey: TypeAlias = tuple[str, FileStamp, bool]


class Snapshot:
    """The modules read while it is active. A listing that was made or checked in it holds until its end."""

    __slots__ = ("sources",)

    def __init__(self) -> None:
        self.sources: dict[SourceKey, ModuleSource] = {}

    def release(self) -> None:
        """Let go of all modules at once, which spares the cyclic collector a look at each of their parts."""
        for source in self.sources.values():
            source.release()
        self.sources.clear()


#: Its attribute ``snapshot`` is the one that is active, if it is there at all.
_active = _local()


def active_snapshot() -> Snapshot | None:
    """The one that is active in this thread, if one is."""
    return getattr(_active, "snapshot", None)


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """The active snapshot, or else one that is active until the end of this context.

    Meanwhile no garbage is collected; what universes made in it have read is not to be used afterwards.
    """
    found = active_snapshot()
    if found is not None:
        yield found
        return
    with Uncollected():
        made = Snapshot()
        _active.snapshot = made
        try:
            yield made
        finally:
            del _active.snapshot
            made.release()
