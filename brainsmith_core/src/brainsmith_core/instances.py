# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The instances of plugins: at most one of each alive, and none kept that nobody holds."""

from __future__ import annotations

from contextlib import suppress
from threading import Condition, get_ident
from weakref import WeakValueDictionary

from brainsmith_core.errors import PluginLoadError
from brainsmith_core.loading import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from brainsmith_core.records import Record
    from brainsmith_core.registry import Registry


class Instances:
    """Weak references to instances by the full id of their record; thread-safe.

    An instance is made by one thread, and only those that want the same one wait for it: a slow constructor
    holds up nobody else, and a constructor may ask for other instances, in threads of its own too. Two
    that wait for each other are told so.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._by_id: WeakValueDictionary[str, Any] = WeakValueDictionary()
        #: The thread that makes an instance, and the instance that a thread waits for.
        self._makers: dict[str, int] = {}
        self._awaited: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, registry: Registry, record: Record) -> Any:
        """The living instance, or a new one.

        An instance whose class allows no weak references cannot be kept, so it is new each time. Raises
        ``PluginLoadError`` if the class cannot be made without arguments, or needs itself to be made.
        """
        # Held in a local before it is tested: the collector may empty the cache in between.
        instance = self._by_id.get(record.id)
        if instance is None:
            instance = self._await(record)
        if instance is None:
            try:
                instance = _create_instance(registry, record)
                with suppress(TypeError):
                    self._by_id[record.id] = instance
            finally:
                with self._changed:
                    del self._makers[record.id]
                    self._changed.notify_all()
        return instance

    def _await(self, record: Record) -> Any:
        """The instance that another thread is making; ``None`` once it is this thread's turn to make it."""
        thread = get_ident()
        with self._changed:
            while record.id in self._makers:
                if self._waits_for(self._makers[record.id], thread):
                    raise PluginLoadError(
                        f"making {record.type} {record.qualified_name} needs {record.qualified_name} itself",
                        place=f"{record.distribution} {record.distribution_version}".strip(),
                        remedy="let its constructor leave asking for other plugins until they are used",
                    )
                self._awaited[thread] = record.id
                try:
                    self._changed.wait()
                finally:
                    del self._awaited[thread]
            instance = self._by_id.get(record.id)
            if instance is None:
                self._makers[record.id] = thread
            return instance

    def _waits_for(self, maker: int, thread: int) -> bool:
        """Whether ``maker`` is a thread, or waits for what that one makes."""
        while maker != thread and maker in self._awaited:
            # What it waits for may have been made by now, and it not yet be awake.
            next_maker = self._makers.get(self._awaited[maker])
            if next_maker is None:
                return False
            maker = next_maker
        return maker == thread


def _create_instance(registry: Registry, record: Record) -> Any:
    loaded = registry.load(record)
    if not isinstance(loaded, type):
        return loaded
    try:
        return loaded()
    except (Exception, SystemExit) as error:
        raise PluginLoadError(
            f"{record.type} {record.qualified_name} cannot be made without arguments: {describe(error)}",
            place=f"{record.distribution} {record.distribution_version}".strip(),
            remedy=f"make it yourself, from the class that registry.get({record.type!r}, …) gives",
        ) from error
