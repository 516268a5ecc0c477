# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The hook manager: pluggy's, quick for the hundreds of plain modules that packs register."""

from __future__ import annotations

from types import FunctionType, MethodType, ModuleType

import pluggy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

#: What pluggy takes a hook from; whatever else a module has, it need not look into.
_HOOKABLE = (FunctionType, MethodType, staticmethod, classmethod)


class HookManager(pluggy.PluginManager):
    """pluggy's manager, which tells as well what one plugin implements."""

    def __init__(self, project_name: str) -> None:
        super().__init__(project_name)
        #: By plugin, what pluggy found in it: the attribute's name and its mark.
        self._marked: dict[int, dict[str, Any]] = {}

    def register(self, plugin: object, name: str | None = None) -> str | None:
        """As pluggy has it; what was noted of an earlier attempt is forgotten."""
        self._marked[id(plugin)] = {}
        return super().register(plugin, name)

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        """As pluggy has it, but without asking ``inspect`` about every record class that a module imports."""
        if type(plugin) is ModuleType and not isinstance(vars(plugin).get(name), _HOOKABLE):
            return None
        mark = super().parse_hookimpl_opts(plugin, name)
        if mark is not None:
            self._marked.setdefault(id(plugin), {})[name] = mark
        return mark

    def implementations(self, plugin: object) -> dict[str, list[tuple[Callable[..., Any], bool]]]:
        """What a plugin that was just registered implements, by hook in the order of their names.

        Each function comes with whether it is a wrapper. ``get_hookcallers`` would search the functions of
        all plugins for this.
        """
        found: dict[str, list[tuple[Callable[..., Any], bool]]] = {}
        for name, mark in self._marked.pop(id(plugin), {}).items():
            is_wrapper = bool(mark.get("wrapper") or mark.get("hookwrapper"))
            implementation = (getattr(plugin, name), is_wrapper)
            found.setdefault(mark.get("specname") or name, []).append(implementation)
        return dict(sorted(found.items()))
