# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The instances of plugins: at most one of each alive, and none kept that nobody holds."""

from __future__ import annotations

import threading
from contextlib import suppress
from weakref import WeakValueDictionary

from brainsmith_core.errors import PluginLoadError
from brainsmith_core.loading import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from brainsmith_core.records import Record
    from brainsmith_core.registry import Registry


class Instances:
    """Weak references to instances by the full id of their record; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._by_id: WeakValueDictionary[str, Any] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, registry: Registry, record: Record) -> Any:
        """The living instance, or a new one.

        An instance whose class allows no weak references cannot be kept, so it is new each time. Raises
        ``PluginLoadError`` if the class cannot be made without arguments.
        """
        # Held in a local before it is tested: the collector may empty the cache in between.
        instance = self._by_id.get(record.id)
        if instance is not None:
            return instance
        with self._lock:
            instance = self._by_id.get(record.id)
            if instance is None:
                instance = _create_instance(registry, record)
                with suppress(TypeError):
                    self._by_id[record.id] = instance
            return instance

    def clear(self) -> None:
        """Forget every instance; those that somebody holds live on."""
        with self._lock:
            self._by_id.clear()


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
