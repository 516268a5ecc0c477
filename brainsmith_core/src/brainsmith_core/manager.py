# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The plugin manager: one environment's packs, registry, instances and health."""

from __future__ import annotations

from _thread import RLock

from brainsmith_core.configuration import Configuration, load_configuration
from brainsmith_core.discovery_cache import Answer, DiscoveryCache, Query
from brainsmith_core.namespaces import Namespace, default

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import Any

    import pluggy

    from brainsmith_core.blueprint.plan import Plan
    from brainsmith_core.debug_log import DebugLog
    from brainsmith_core.discovery.discover import Discovery
    from brainsmith_core.discovery.pack import Pack, PackFailure
    from brainsmith_core.frameworks import FrameworkAdapter
    from brainsmith_core.instances import Instances
    from brainsmith_core.registry import Registry

    Names = Sequence[str] | None


class PluginManager:
    """Discovers the packs of this environment, answers for their plugins, and keeps instances.

    Discovery happens on first need and is trusted for ``configuration.cache_ttl`` seconds; then stamps of
    what is installed decide whether it still holds. All methods may be called from several threads.
    """

    def __init__(self, configuration: Configuration | None = None) -> None:
        self.configuration = configuration or load_configuration()
        self._lock = RLock()
        self._cache = DiscoveryCache(self.configuration)
        self._all = Query(frameworks=self.configuration.frameworks)
        self._instances: Instances | None = None
        self._debug_log: DebugLog | None = None
        #: Each is another object after the cache was cleared, and after the manager was closed.
        self.state = object()
        self.life = object()
        if self.configuration.debug:
            self.set_debug_mode(True)

    @property
    def registry(self) -> Registry:
        """All plugins of this environment.

        Raises ``PackError`` in strict mode if a pack failed.
        """
        return self._checked(self._everything()).registry

    @property
    def unchecked_registry(self) -> Registry:
        """All plugins of the packs that work, in strict mode too."""
        return self._everything().registry

    def names(self, type: str) -> Sequence[str]:
        """The names of a type that work as attributes, sorted; an ambiguous one as ``source.Name``."""
        return self._checked(self._everything()).names(type)

    @property
    def hook(self) -> pluggy.HookRelay:
        """pluggy's hooks, with every good pack registered: ``manager.hook.register_kernels()``."""
        return self._checked(self._everything()).discovery.hooks.hook

    @property
    def packs(self) -> tuple[Pack, ...]:
        """Every installed pack, the failed ones too."""
        return self._everything().discovery.packs

    @property
    def failures(self) -> tuple[PackFailure, ...]:
        """Why packs failed; empty if none did."""
        return self._everything().discovery.failures

    @property
    def frameworks(self) -> tuple[FrameworkAdapter, ...]:
        """The adapters that the good packs bring."""
        return self._everything().discovery.adapters

    @property
    def sources(self) -> tuple[str, ...]:
        """The source names of the installed packs, known without asking any."""
        from brainsmith_core.discovery.entry_points import installed_packs

        return tuple(sorted({ref.source for ref in installed_packs()}))

    def discover_plugins(
        self,
        modes: Sequence[str] | None = None,
        *,
        types: Names = None,
        frameworks: Names = None,
        packs: Names = None,
        blueprint: str | Path | None = None,
    ) -> Registry:
        """Look for plugins, and return those found.

        Mode ``full`` asks every pack; ``blueprint`` only those that ``blueprint`` names; ``selective`` only
        plugins of ``types``, bridges of ``frameworks`` and ``packs`` (source or distribution names). The
        default is the configured mode. Raises ``ConfigurationError`` for a mode that does not exist or
        lacks what it needs, for a type that does not exist and for a pack that is not installed.
        """
        mode = self._mode(modes, types, frameworks, packs, blueprint)
        if mode == "full":
            return self.registry
        if mode == "selective":
            allowed = self.configuration.frameworks if frameworks is None else frameworks
            query = Query(types=types, frameworks=allowed, packs=packs)
            return self._checked(self._cache.answer(query)).registry
        from brainsmith_core.blueprint_plugins import blueprint_registry

        assert blueprint is not None  # _mode raised otherwise
        return blueprint_registry(self, blueprint)

    def _mode(
        self, modes: Sequence[str] | None, types: Names, frameworks: Names, packs: Names, blueprint: object
    ) -> str:
        if isinstance(modes, str):
            modes = [modes]
        from brainsmith_core.errors import ConfigurationError
        from brainsmith_core.registry import check_type
        from brainsmith_core.settings import MODES

        chosen = tuple(modes or (self.configuration.discovery_mode,))
        for mode in chosen:
            if mode not in MODES:
                raise ConfigurationError(
                    f"{mode!r} is not a discovery mode", remedy=f"the modes are {', '.join(MODES)}"
                )
        for type_ in [types] if isinstance(types, str) else types or ():
            check_type(type_, ConfigurationError)
        if packs is not None:
            self._check_packs([packs] if isinstance(packs, str) else packs)
        if blueprint is not None or "blueprint" in chosen:
            if blueprint is None:
                raise ConfigurationError(
                    "the discovery mode 'blueprint' needs a blueprint",
                    remedy="pass blueprint='model.yaml', or modes=['full']",
                )
            return "blueprint"
        return "full" if (types, frameworks, packs) == (None, None, None) else "selective"

    def _check_packs(self, packs: Sequence[str]) -> None:
        from brainsmith_core.discovery.entry_points import installed_packs

        installed = sorted({name for ref in installed_packs() for name in (ref.source, ref.distribution)})
        for name in packs:
            if name not in installed:
                from difflib import get_close_matches

                from brainsmith_core.errors import ConfigurationError
                from brainsmith_core.known_packs import distribution_of

                fact = f"no installed pack has the source or distribution name {name!r}"
                remedy = f"those installed are {', '.join(installed) or 'none'}"
                if known := distribution_of(name):
                    remedy = f"pip install {known}"
                elif close := get_close_matches(str(name), installed, n=1):
                    remedy = f"did you mean {close[0]!r}?"
                raise ConfigurationError(fact, place="packs", remedy=remedy)

    def selected(self, packs: Iterable[str] | None) -> tuple[Registry, Discovery]:
        """The registry and discovery of some packs only, of all with ``None``."""
        wanted = None if packs is None else list(packs)
        query = Query(frameworks=self.configuration.frameworks, packs=wanted)
        answer = self._checked(self._cache.answer(query))
        return answer.registry, answer.discovery

    def _everything(self) -> Answer:
        return self._cache.answer(self._all)

    def _checked(self, answer: Answer) -> Answer:
        if self.configuration.strict and answer.discovery.failures:
            from brainsmith_core.errors import PackError

            failures = answer.discovery.failures
            raise PackError(
                "\n".join(map(str, failures)),
                place="strict mode",
                remedy=failures[0].remedy,
            )
        return answer

    def load_blueprint(self, path: str | Path) -> dict[str, Namespace]:
        """Import what a blueprint names, and return it as ``{'transforms': …, 'kernels': …, …}``.

        After ``clear_cache()`` or ``refresh()`` these load the blueprint again when they are next touched;
        after ``close()`` they raise ``ClosedError``.
        """
        from brainsmith_core.blueprint_plugins import LoadedBlueprint
        from brainsmith_core.records import TYPES

        loaded = LoadedBlueprint(self, path)
        return {f"{type_}s": Namespace(type_, loaded.registry) for type_ in TYPES}

    def plan(self, blueprint: str | Path) -> Plan:
        """Settle a blueprint against the installed packs; nothing of theirs is imported but hook modules."""
        from brainsmith_core.blueprint_plugins import blueprint_plan

        return blueprint_plan(self, blueprint)[0]

    def get_instance(self, type: str, name: str) -> Any:
        """The one living instance of a plugin, made on first need and collected when nobody holds it.

        A step's instance is its function. Raises as ``registry.get`` does, and ``PluginLoadError`` if the
        class cannot be made without arguments.
        """
        with self._lock:
            if self._instances is None:
                from brainsmith_core.instances import Instances

                self._instances = Instances()
            # Before the registry: one that is cleared meanwhile takes what was made from the old state along.
            instances = self._instances
        registry = self.registry
        return instances.get(registry, registry.resolve(type, name).record)

    def clear_cache(self) -> None:
        """Forget what was discovered and every instance; the next question looks anew."""
        self._cache.clear()
        with self._lock:
            self._instances = None
            self.state = object()

    def refresh(self) -> Registry:
        """Look at what is installed now, whatever the cache says, and return it.

        A registry that was given before is a picture of its time and stays as it is; namespaces show what is
        found now.
        """
        self.clear_cache()
        return self.registry

    def set_debug_mode(self, enabled: bool) -> None:
        """Let the logger ``brainsmith.plugin`` tell everything on standard error, or stop it."""
        if not enabled and self._debug_log is None:
            return
        from brainsmith_core.debug_log import DebugLog

        with self._lock:
            self._debug_log = self._debug_log or DebugLog()
            self._debug_log.switch(enabled)

    def get_performance_stats(self) -> dict[str, Any]:
        """Milliseconds of the last discovery, hit rate of the cache (0 to 1), resident memory, plugins.

        ``packs`` has by source what listing a pack took when it was last asked (memory only if this process
        asked it), how many plugins were imported, what that took, and the packages that brought many modules
        along. Times and memory are 0 where the configuration turns ``performance_tracking`` off.
        """
        from brainsmith_core.memory import resident_megabytes

        answer = self._everything()
        tracked = self.configuration.performance_tracking
        return {
            "discovery_time_ms": self._cache.seconds * 1000 if tracked else 0.0,
            "cache_hit_rate": self._cache.hit_rate,
            "memory_usage_mb": resident_megabytes() if tracked else 0.0,
            "plugin_count": len(answer.registry),
            "packs": self._pack_stats(answer.discovery.packs),
        }

    def _pack_stats(self, packs: Iterable[Pack]) -> dict[str, dict[str, Any]]:
        from brainsmith_core.loads import Load

        loads = self._cache.loads
        tracked = self.configuration.performance_tracking
        found: dict[str, dict[str, Any]] = {}
        for pack in packs:
            load = loads.by_source.get(pack.ref.source) if loads else None
            listing = found.setdefault(
                pack.ref.source,
                {"listing_time_ms": 0.0, "listing_memory_mb": 0.0, **(load or Load()).as_dict()},
            )
            # Two packs may have one source name.
            listing["listing_time_ms"] += pack.seconds * 1000 if tracked else 0.0
            listing["listing_memory_mb"] += pack.megabytes if tracked else 0.0
        return found

    def health_check(self) -> dict[str, Any]:
        """Whether all is well: ``status`` is ``healthy``, or ``degraded`` with the reasons.

        ``failures`` has the packs that failed, ``configuration`` the configured names that mean nothing here.
        Never raises for what a pack did, in strict mode neither.
        """
        from brainsmith_core.health import health

        discovery = self._everything().discovery
        return health(discovery, self.configuration, cache_available=self._cache.is_writable())

    def close(self) -> None:
        """Let go of everything; a manager that is used again starts anew, what it gave before does not."""
        self.set_debug_mode(False)
        self.clear_cache()
        self.life = object()


def get_plugin_manager() -> PluginManager:
    """The one default manager of this process, made on first use."""
    manager = default.manager
    if manager is None:
        with default.lock:
            manager = default.manager = default.manager or PluginManager()
    return manager


def reset_plugin_system() -> None:
    """Forget the default manager with its discovery, instances and debug mode; the next use starts anew.

    The namespaces of ``brainsmith.plugins`` ask whatever the default manager is then. Those that
    ``load_blueprint_plugins`` gave before raise ``ClosedError``.
    """
    default.reset()


def get_registry() -> Registry:
    """The registry of the default manager."""
    return get_plugin_manager().registry


def load_blueprint_plugins(path: str | Path) -> dict[str, Namespace]:
    """Import what a blueprint names and nothing else, and return it by type.

    The keys are ``transforms``, ``kernels``, ``backends`` and ``steps``; the values give plugins by
    attribute. Raises ``BlueprintError`` with every fault of the blueprint.
    """
    return get_plugin_manager().load_blueprint(path)
