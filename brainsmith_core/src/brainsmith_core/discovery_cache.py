# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The discovery cache of a process: each answer is trusted for a while, then checked by its stamps.

An answer comes from the index on disk if that holds, else from asking those packs that have changed.
"""

from __future__ import annotations

import sys
from _thread import RLock
from time import monotonic, perf_counter, time_ns

from brainsmith_core import index
from brainsmith_core.index_file import EVERYTHING, index_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from brainsmith_core.catalogue import Catalogue
    from brainsmith_core.configuration import Configuration
    from brainsmith_core.discovery.discover import Discovery
    from brainsmith_core.discovery.entry_points import Listing, PackRef
    from brainsmith_core.discovery.pack import Framework
    from brainsmith_core.discovery.stamps import Evidence
    from brainsmith_core.index import Index
    from brainsmith_core.loads import Loads
    from brainsmith_core.registry import Registry

    Names = Sequence[str] | None
    Surroundings = AbstractContextManager[None] | None
    Measured = Callable[[str, Surroundings], Surroundings]


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

    @property
    def index_key(self) -> str:
        """What two queries share only if the same packs take part."""
        selected = (self.frameworks, self.packs)
        return EVERYTHING if selected == (None, None) else repr(selected)

    def selects(self, ref: PackRef) -> bool:
        """Whether a pack takes part, by its source or its distribution."""
        return self.packs is None or ref.source in self.packs or ref.distribution in self.packs


class Answer:
    """A discovery and its registry, made when they are asked for, and by what to tell that they hold."""

    def __init__(
        self,
        query: Query,
        configuration: Configuration,
        evidence: Index | Evidence,
        found: Discovery | None = None,
        measured: Measured | None = None,
    ) -> None:
        self._measured = measured
        self.checked = monotonic()
        self._query = query
        self._configuration = configuration
        self._evidence = evidence
        self._discovery = found
        self._registry: Registry | None = None
        self._adapted: frozenset[str] = frozenset()

    def holds(self) -> bool:
        """Whether a discovery now would find the same, and certainly so."""
        return self._evidence.holds()

    def names(self, type: str) -> Sequence[str]:
        """What ``registry.names`` gives, without making a registry where that is not needed."""
        if self._query.types is None and not self._configuration.priority and self._registry is None:
            names = self._catalogue.names(type)
            if names:
                return names
        # Which also tells a type that does not exist.
        return self.registry.names(type)

    @property
    def discovery(self) -> Discovery:
        """The discovery; from an index, none of its packs has been asked yet."""
        if self._discovery is None:
            self._discovery = self._from_index().discovery()
        return self._discovery

    @property
    def registry(self) -> Registry:
        """The registry of what the query asks for; the same each time."""
        if self._registry is None:
            self._registry = self._new_registry()
        return self._registry

    @property
    def _catalogue(self) -> Catalogue:
        return self._from_index().catalogue if self._discovery is None else self._discovery.catalogue

    def _from_index(self) -> Index:
        # Without a discovery of its own, an answer's evidence is the index that it came from.
        return self._evidence  # type: ignore[return-value]

    def _frameworks(self) -> Sequence[Framework]:
        if self._discovery is None:
            return self._from_index().frameworks()
        return [framework for pack in self._discovery.packs for framework in pack.frameworks]

    def _new_registry(self) -> Registry:
        from brainsmith_core.registry import Registry

        frameworks = self._frameworks()
        self._adapted = frozenset(framework.name for framework in frameworks)
        base_classes: dict[str, list[str]] = {}
        for framework in frameworks:
            for type_, names in framework.base_classes.items():
                base_classes.setdefault(type_, []).extend(names)
        types = self._query.types
        return Registry(
            self._catalogue if types is None else self._catalogue.of_types(types),
            priority=self._configuration.priority,
            prefixes={framework.name: framework.prefixes for framework in frameworks},
            base_classes=base_classes,
            trusted={framework.name for framework in frameworks if framework.base_classes},
            hints=self._hint,
            absence=self._why_absent,
            importing=self._importing,
        )

    def _hint(self, type: str, reference: str) -> str:
        # Only for a name that nothing has: whoever writes the right one need not pay for the module.
        from brainsmith_core.hints import Hints

        return Hints(lambda: self.discovery)(type, reference)

    def _why_absent(self, type: str, source: str) -> tuple[str, str]:
        from brainsmith_core.hints import Hints

        return Hints(lambda: self.discovery).absence(type, source)

    def _importing(self, source: str) -> Surroundings:
        adapter = self.discovery.adapter(source) if source in self._adapted else None
        surroundings = adapter.importing() if adapter else None
        return self._measured(source, surroundings) if self._measured else surroundings


class DiscoveryCache:
    """Answers queries, discovering only when no answer is known to hold.

    Thread-safe. ``hits`` and ``misses`` count the answers; ``seconds`` is what the last discovery took;
    ``loads`` is what importing plugins has cost, ``None`` before the first.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self.loads: Loads | None = None
        self._lock = RLock()
        self._answers: dict[object, Answer] = {}
        self._distrusts_index = False
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
        known = self._answers.get(query.key)
        if known is not None and monotonic() - known.checked < self._configuration.cache_ttl:
            self.hits += 1
            return known
        with self._lock:
            known = self._answers.get(query.key)
            if known is not None and self._configuration.cache_ttl > 0 and known.holds():
                self.hits += 1
                known.checked = monotonic()
                return known
            start = perf_counter()
            answer = self._answers[query.key] = self._find(query)
            self.seconds = perf_counter() - start
            return answer

    def clear(self) -> None:
        """Forget every answer, and what the import system remembers of folders; ask every pack anew."""
        from importlib import invalidate_caches

        with self._lock:
            self._answers.clear()
            self._distrusts_index = True
            invalidate_caches()

    def is_writable(self) -> bool:
        """Whether an index can be kept on disk."""
        return index.is_writable(index_path(EVERYTHING))

    def _measured(self, source: str, surroundings: Surroundings) -> Surroundings:
        """What surrounds an import, with a note in ``loads`` of what it took."""
        if not self._configuration.performance_tracking:
            return surroundings
        if self.loads is None:
            from brainsmith_core.loads import Loads

            with self._lock:
                self.loads = self.loads or Loads()
        return self.loads.measured(source, surroundings)

    def _find(self, query: Query) -> Answer:
        path = index_path(query.index_key)
        # Without a time to live nothing is trusted: not even what cannot have changed.
        trusts = not self._distrusts_index and self._configuration.cache_ttl > 0
        found = index.read(path) if path and trusts else None
        if found is not None and found.holds():
            self.hits += 1
            return Answer(query, self._configuration, found, measured=self._measured)
        self.misses += 1
        from brainsmith_core.memory import Uncollected

        # Even the modules that a discovery imports, pluggy above all, are loaded faster so.
        with Uncollected():
            return self._discovered(query, path, found)

    def _discovered(self, query: Query, path: str, known: Index | None) -> Answer:
        from brainsmith_core.discovery.entry_points import listing
        from brainsmith_core.discovery.stamps import Evidence

        taken, listed = time_ns(), listing()
        discovery = _discover(query, known, listed)
        evidence = Evidence(discovery, taken, listed)
        if path:
            index.write(path, discovery, evidence)
        self._distrusts_index = False
        return Answer(query, self._configuration, evidence, discovery, self._measured)


def _discover(query: Query, known: Index | None, listed: Listing) -> Discovery:
    from brainsmith_core.discovery.discover import discover
    from brainsmith_core.discovery.entry_points import installed_packs
    from brainsmith_core.discovery.stamps import places

    refs = [ref for ref in installed_packs(listed) if query.selects(ref)]
    # Before any is asked, so that one that is moved meanwhile has been somewhere else.
    places_now = places(refs, listed)
    unchanged = known.unchanged_packs(refs, places_now) if known else {}
    discovery = discover(refs, frameworks=query.frameworks, known=unchanged)
    for pack in discovery.packs:
        pack.place = places_now.get(pack.ref, "")
    # Nobody listens to details where logging was not even imported, and importing it takes its time.
    if "logging" in sys.modules or discovery.failures or discovery.warnings:
        _log(discovery, len(unchanged))
    return discovery


def _log(discovery: Discovery, unchanged: int) -> None:
    import logging

    logger = logging.getLogger("brainsmith.plugin")
    logger.debug("discovered %d plugins of %d packs", len(discovery.catalogue), len(discovery.packs))
    logger.debug("%d packs were known to be unchanged", unchanged)
    for failure in discovery.failures:
        logger.warning("%s", failure)
    for pack, warning in discovery.warnings:
        logger.warning("pack %r of %s: %s", pack.ref.source, pack.ref.distribution, warning)


def _sorted(names: Names) -> tuple[str, ...] | None:
    if names is None:
        return None
    return (names,) if isinstance(names, str) else tuple(sorted(names))
