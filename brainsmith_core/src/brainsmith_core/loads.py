# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Loads: what importing plugins has cost this process, by source."""

from __future__ import annotations

import sys
from _thread import allocate_lock
from contextlib import contextmanager
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from typing import Any

#: A package that brings fewer modules than this along is not worth a word.
_MANY_MODULES = 50


class Load:
    """The plugins of one source that were imported: how many, and what that took together."""

    __slots__ = ("megabytes", "modules", "plugins", "seconds")

    def __init__(self) -> None:
        self.plugins = 0
        self.seconds = 0.0
        self.megabytes = 0.0
        #: How many modules of each top-level package came along.
        self.modules: dict[str, int] = {}

    def as_dict(self) -> dict[str, Any]:
        """The figures as ``get_performance_stats`` gives them, the packages with most modules first."""
        many = [package for package, count in self.modules.items() if count >= _MANY_MODULES]
        return {
            "plugins_loaded": self.plugins,
            "loading_time_ms": self.seconds * 1000,
            "loading_memory_mb": self.megabytes,
            "heavy_modules": sorted(many, key=lambda package: -self.modules[package]),
        }


class Loads:
    """Counts the imports of plugins; one that imports nothing new costs no more than two looks at a clock.

    Two threads that import at once both count what either brings.
    """

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self.by_source: dict[str, Load] = {}

    @contextmanager
    def measured(self, source: str, surroundings: AbstractContextManager[None]) -> Iterator[None]:
        """Whatever surrounds the import of a source's plugin, with the import and itself counted."""
        from brainsmith_core.memory import resident_megabytes

        known, start, before = len(sys.modules), perf_counter(), resident_megabytes()
        try:
            with surroundings:
                yield
        finally:
            # New modules stand behind those that were there.
            self._count(
                source, perf_counter() - start, resident_megabytes() - before, list(sys.modules)[known:]
            )

    def _count(self, source: str, seconds: float, megabytes: float, modules: list[str]) -> None:
        with self._lock:
            load = self.by_source.setdefault(source, Load())
            load.plugins += 1
            load.seconds += seconds
            load.megabytes += megabytes
            for module in modules:
                top = module.partition(".")[0]
                load.modules[top] = load.modules.get(top, 0) + 1
