# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Namespaces: plugins of one type as attributes, ``tfm.ExpandNorms`` and ``tfm.qonnx.FoldConstants``."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from brainsmith_core.registry import Registry


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
