# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The configuration of the plugin system: environment over file over default."""

from __future__ import annotations

import os

from brainsmith_core.namespaces import CACHE_TTL, any_variable, nearest_configuration_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any


class Configuration:
    """What the user set about the plugin system.

    - ``cache_ttl``: seconds for which a running process trusts its last look at what is installed;
    - ``discovery_mode``: ``full``, ``blueprint`` or ``selective``;
    - ``frameworks``: the frameworks whose bridges may take part, ``None`` for all;
    - ``performance_tracking``: whether times and memory are recorded;
    - ``priority``: sources, first the one that wins where several have a name;
    - ``strict``: whether any failing pack is an error;
    - ``debug``: whether the logger ``brainsmith.plugin`` tells everything.

    ``file`` is the file that was read, or ``None``.
    """

    __slots__ = (
        "cache_ttl",
        "debug",
        "discovery_mode",
        "file",
        "frameworks",
        "performance_tracking",
        "priority",
        "strict",
    )

    def __init__(
        self,
        *,
        cache_ttl: float = CACHE_TTL,
        discovery_mode: str = "full",
        frameworks: tuple[str, ...] | None = None,
        performance_tracking: bool = True,
        priority: tuple[str, ...] = (),
        strict: bool = False,
        debug: bool = False,
        file: Path | None = None,
    ) -> None:
        self.cache_ttl = cache_ttl
        self.discovery_mode = discovery_mode
        self.frameworks = frameworks
        self.performance_tracking = performance_tracking
        self.priority = priority
        self.strict = strict
        self.debug = debug
        self.file = file

    def as_dict(self) -> dict[str, Any]:
        """Every setting by its key."""
        return {field: getattr(self, field) for field in self.__slots__}

    def __repr__(self) -> str:
        words = ", ".join(f"{field}={value!r}" for field, value in self.as_dict().items())
        return f"Configuration({words})"


def load_configuration(
    folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Configuration:
    """The configuration in force in ``folder``, by default the working directory.

    Raises ``ConfigurationError`` with every unknown key and every value of another kind, each with file and
    line or the name of the variable.
    """
    environment = os.environ if environment is None else environment
    path = find_file(folder)
    if path is None and not any_variable(environment):
        return Configuration()
    from brainsmith_core.settings import read_settings

    return Configuration(**read_settings(path, environment), file=path)


def find_file(folder: Path | None = None) -> Path | None:
    """The nearest configuration file, in ``folder`` or above it; by default the working directory."""
    # Without pathlib, which most processes that only list plugins would load for this alone.
    nearest = nearest_configuration_file(os.fspath(folder or ""))
    if not nearest:
        return None
    from pathlib import Path

    return Path(nearest)
