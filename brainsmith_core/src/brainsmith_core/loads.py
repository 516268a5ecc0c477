# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Loads: what importing plugins has cost this process, by source."""

from __future__ import annotations

import sys
from _thread import allocate_lock
from time import perf_counter

from brainsmith_core.memory import resident_megabytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import TracebackType
    from typing import Any

#: Seconds for which a reading of the memory is as good as a new one.
_FRESH = 0.001
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
    """Counts the imports of plugins; one that brings no module along counts as taking no memory.

    Two threads that import at once both count what either brings.
    """

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self.by_source: dict[str, Load] = {}
        #: When the memory was read last, and what it was.
        self._reading = -_FRESH, 0.0

    def memory_before(self, now: float) -> float:
        """The resident memory in MB: what was read after the last import, if that was a moment ago."""
        # Most plugins are loaded one right after the other.
        return self._reading[1] if now - self._reading[0] < _FRESH else self.memory_after(now)

    def memory_after(self, now: float) -> float:
        """The resident memory in MB."""
        self._reading = now, resident_megabytes()
        return self._reading[1]

    def measured(self, source: str, surroundings: AbstractContextManager[None] | None = None) -> Measurement:
        """Whatever surrounds the import of a source's plugin, with the import and itself counted."""
        return Measurement(self, source, surroundings)

    def count(self, source: str, seconds: float, megabytes: float, modules: list[str]) -> None:
        """Add an import that took so long and so much, and brought these modules along."""
        with self._lock:
            load = self.by_source.setdefault(source, Load())
            load.plugins += 1
            load.seconds += seconds
            load.megabytes += megabytes
            for module in modules:
                top = module.partition(".")[0]
                load.modules[top] = load.modules.get(top, 0) + 1


class Measurement:
    """The import of one plugin within what surrounds it.

    Written out, since ``contextlib`` would cost a warm start more than all measuring.
    """

    __slots__ = ("_before", "_known", "_loads", "_source", "_start", "_surroundings")

    def __init__(self, loads: Loads, source: str, surroundings: AbstractContextManager[None] | None) -> None:
        self._loads = loads
        self._source = source
        self._surroundings = surroundings

    def __enter__(self) -> None:
        self._known, self._start = len(sys.modules), perf_counter()
        self._before = self._loads.memory_before(self._start)
        if self._surroundings is not None:
            self._surroundings.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        try:
            return self._surroundings.__exit__(kind, error, trace) if self._surroundings else None
        finally:
            end = perf_counter()
            # New modules stand behind those that were there.
            modules = list(sys.modules)[self._known :] if len(sys.modules) > self._known else []
            megabytes = self._loads.memory_after(end) - self._before if modules else 0.0
            self._loads.count(self._source, end - self._start, megabytes, modules)
