# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The managing page: the plugin manager, blueprints and builds."""

from __future__ import annotations

from brainsmith_core.manager import PluginManager, get_plugin_manager, load_blueprint_plugins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from brainsmith_core.build.build import build as build

__all__ = ["PluginManager", "build", "get_plugin_manager", "load_blueprint_plugins"]


def __getattr__(name: str) -> object:
    # Building needs NumPy and more; managing plugins must not pay for it.
    if name == "build":
        from brainsmith_core.build.build import build

        return build
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
