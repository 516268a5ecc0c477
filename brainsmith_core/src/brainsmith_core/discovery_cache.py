# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The discovery cache of a process: each answer is trusted for a while, then checked by its stamps."""

from __future__ import annotations

import logging
import threading
from importlib import invalidate_caches
from time import monotonic, perf_counter

from brainsmith_core.discovery.discover import Discovery, discover
from brainsmith_core.discovery.entry_points import PackRef, installed_packs
from brainsmith_core.discovery.stamps import installed_stamps, source_stamps
from brainsmith_core.hints import Hints
from brainsmith_core.registry import Registry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from brainsmith_core.configuration import Configuration
    from brainsmith_core.records import Record

    Names = Sequence[str] | None

logger = logging.getLogger("brainsmith.plugin")


class Query:
    """What a discovery is asked for; ``None`` stands for all types, frameworks or packs."""

    __slots__ = ("frameworks", "packs", "types")

    def __init__(self, *, types: Names = None, frameworks: Names = None, packs: Names = None) -> None:
        self.types = _sorted(types)
        self.frameworks = _sorted(frameworks)
        self.packs = _sorted(packs)

    @property
    def key(self) -> tuple[tuple[str, ...] | None, ...]:
        """What two queries share only if they ask for the same."""
        return (self.types, self.frameworks, self.packs)

    def selects(self, ref: PackRef) -> bool:
        """Whether a pack takes part, by its source or its distribution."""
        return self.packs is None or ref.source in self.packs or ref.distribution in self.packs


def _sorted(names: Names) -> tuple[str, ...] | None:
    if names is None:
        return None
    return (names,) if isinstance(names, str) else tuple(sorted(names))


class Answer:
    """A discovery and its registry, with the stamps under which they hold."""

    __slots__ = ("checked", "discovery", "registry", "stamps")

    def __init__(self, discovery: Discovery, registry: Registry, stamps: object) -> None:
        self.discovery = discovery
        self.registry = registry
        self.stamps = stamps
        self.checked = monotonic()


class DiscoveryCache:
    """Answers queries, discovering only when no answer is known to hold.

    Thread-safe. ``hits`` and ``misses`` count the answers; ``seconds`` is what the last discovery took.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._lock = threading.RLock()
        self._answers: dict[object, Answer] = {}
        self.hits = 0
        self.misses = 0
        self.seconds = 0.0

    @property
    def hit_rate(self) -> float:
        """The share of questions that were answered without a discovery, 0 to 1."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else 0.0

    def answer(self, query: Query) -> Answer:
        """The answer to a query; one whose time is up is checked against what is installed now."""
        with self._lock:
            known = self._answers.get(query.key)
            if known and monotonic() - known.checked < self._configuration.cache_ttl:
                self.hits += 1
                return known
            refs = tuple(ref for ref in installed_packs() if query.selects(ref))
            stamps = (refs, installed_stamps(), source_stamps(refs))
            if known and known.stamps == stamps:
                self.hits += 1
                known.checked = monotonic()
                return known
            self.misses += 1
            self._answers[query.key] = self._discover(query, refs, stamps)
            return self._answers[query.key]

    def clear(self) -> None:
        """Forget every answer, and what the import system remembers of folders."""
        with self._lock:
            self._answers.clear()
            invalidate_caches()

    def _discover(self, query: Query, refs: Sequence[PackRef], stamps: object) -> Answer:
        start = perf_counter()
        discovery = discover(refs, frameworks=query.frameworks)
        records = [
            record for record in discovery.records if query.types is None or record.type in query.types
        ]
        registry = self._registry(records, discovery)
        self.seconds = perf_counter() - start
        logger.debug("discovered %d plugins of %d packs", len(registry), len(discovery.packs))
        for failure in discovery.failures:
            logger.warning("%s", failure)
        for pack, warning in discovery.warnings:
            logger.warning("pack %r of %s: %s", pack.ref.source, pack.ref.distribution, warning)
        return Answer(discovery, registry, stamps)

    def _registry(self, records: Iterable[Record], discovery: Discovery) -> Registry:
        base_classes: dict[str, list[str]] = {}
        trusted = set()
        for adapter in discovery.adapters:
            for type_, names in adapter.base_classes().items():
                base_classes.setdefault(type_, []).extend(names)
                trusted.add(adapter.name)
        return Registry(
            records,
            priority=self._configuration.priority,
            prefixes={adapter.name: adapter.optional_prefixes() for adapter in discovery.adapters},
            base_classes=base_classes,
            trusted=trusted,
            hints=Hints(discovery),
        )
