# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Namespaces: plugins of one type as attributes, ``tfm.ExpandNorms`` and ``tfm.qonnx.FoldConstants``.

Those of the default manager are told their names by an index until somebody needs the manager: listing is all
that most processes do, at every tab completion.
"""

import os
from _thread import RLock
from time import monotonic

from brainsmith_core.index_file import EVERYTHING, index_path, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from brainsmith_core.index_file import IndexFile
    from brainsmith_core.manager import PluginManager
    from brainsmith_core.registry import Registry

#: The configuration file, looked for in the working directory and in each folder above it.
CONFIGURATION_FILE = ".brainsmith/config.yaml"
#: What every environment variable that sets something begins with.
VARIABLES = "BRAINSMITH_PLUGIN_"
#: Seconds for which a look at what is installed is trusted where the user set nothing.
CACHE_TTL = 300.0


class Namespace:
    """The plugins of one type by attribute, loaded when touched; with ``source``, those of one pack.

    ``registry`` is asked anew at each touch, so a namespace, and one of a source that it gave, shows what was
    found last; ``names`` may list names without it. What has been touched before, a class or function,
    stays what it was. A name that several sources provide raises ``AmbiguousPluginError``, one that none
    provides ``PluginNotFoundError``; both are ``AttributeError``s.
    """

    __slots__ = ("_names", "_registry", "_source", "_type")

    def __init__(
        self,
        type: str,
        registry: "Callable[[], Registry]",
        source: str = "",
        names: "Callable[[str], Sequence[str]] | None" = None,
    ) -> None:
        self._type = type
        self._registry = registry
        self._source = source
        self._names = names

    def __getattr__(self, name: str) -> "Any":
        if name.startswith("__"):
            # Python asks every object for names such as __wrapped__; no plugin is called so.
            raise AttributeError(name)
        registry = self._registry()
        if self._source:
            return registry.get(self._type, f"{self._source}:{name}")
        if name in registry.sources and not registry.candidates(self._type, name):
            return Namespace(self._type, self._registry, name)
        return registry.get(self._type, name)

    def list_plugins(self) -> list[str]:
        """The names that work as attributes, sorted; an ambiguous one appears as ``source.Name``."""
        if self._source:
            found = self._registry().find(self._type, source=self._source)
            return sorted({record.name for record in found})
        return list(self._names(self._type) if self._names else self._registry().names(self._type))

    def __dir__(self) -> list[str]:
        bare = {name for name in self.list_plugins() if "." not in name}
        sources = set() if self._source else set(self._sources())
        return sorted({"list_plugins", *bare, *sources})

    def __iter__(self) -> "Any":
        return iter(self.list_plugins())

    def __len__(self) -> int:
        return len(self.list_plugins())

    def __contains__(self, name: object) -> bool:
        return name in self.list_plugins()

    def __repr__(self) -> str:
        where = f".{self._source}" if self._source else ""
        return f"<{self._type}s{where}: {len(self)} plugins>"

    def _sources(self) -> list[str]:
        registry = self._registry()
        return [source for source in registry.sources if registry.find(self._type, source=source)]


class Default:
    """The one default manager, ``None`` until it is made; ``lock`` is held by who makes or forgets it."""

    __slots__ = ("_told", "lock", "manager")

    def __init__(self) -> None:
        self.manager: PluginManager | None = None
        self.lock = RLock()
        #: An index that held, and until when that is trusted.
        self._told: tuple[IndexFile, float] | None = None

    def names(self, type: str) -> "Sequence[str] | None":
        """The names of a type that work as attributes; ``None`` if only a manager can tell them."""
        # Another thread may forget either at any moment.
        manager, told = self.manager, self._told
        if manager is not None:
            return manager.names(type)
        if told is None or monotonic() >= told[1]:
            told = self._told = _standing_index(told)
        return told[0].names(type) if told else None

    def reset(self) -> None:
        """Forget the manager and what the index told."""
        with self.lock:
            if self.manager is not None:
                self.manager.close()
            self.manager = self._told = None


def _standing_index(known: "tuple[IndexFile, float] | None") -> "tuple[IndexFile, float] | None":
    if any_variable(os.environ) or nearest_configuration_file(""):
        return None
    checked = monotonic()
    index = known[0] if known else read(index_path(EVERYTHING), names_only=True)
    return (index, checked + CACHE_TTL) if index and index.holds() else None


def any_variable(environment: "Mapping[str, str]") -> bool:
    """Whether an environment variable sets something."""
    return any(name.startswith(VARIABLES) for name in environment)


def nearest_configuration_file(folder: str) -> str:
    """The configuration file in ``folder`` or the nearest folder above that has one; empty if none does."""
    try:
        here = os.path.abspath(folder)  # noqa: PTH100
    except OSError:
        # The working directory was removed, and with it all that lay above it may as well be gone.
        return ""
    while True:
        candidate = os.path.join(here, CONFIGURATION_FILE)  # noqa: PTH118
        # Nearly always nothing is there, and os.access says so without an exception.
        if os.access(candidate, os.F_OK) and os.path.isfile(candidate):  # noqa: PTH113
            return candidate
        above = os.path.dirname(here)  # noqa: PTH120
        if above == here:
            return ""
        here = above


default = Default()
