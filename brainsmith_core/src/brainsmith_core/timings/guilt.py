# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Guilt: which packages make plugins heavy, and by which chain of imports."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any


def heaviest(plugins: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The heavy packages of some plugins' costs, most seconds first, each with the plugins that import it.

    Seconds, MB and chain are those of the plugin for which the package cost most.
    """
    found: dict[str, dict[str, Any]] = {}
    for plugin in plugins:
        for package in plugin["heavy"]:
            known = found.setdefault(package["package"], {**package, "plugins": []})
            known["plugins"].append(plugin["plugin"])
            if package["seconds"] > known["seconds"]:
                known.update(package)
    return sorted(found.values(), key=lambda package: -package["seconds"])


def shortened(chain: Sequence[str], most: int = 6) -> str:
    """A chain of imports in one line, its middle left out if it is long."""
    parts = list(chain)
    if len(parts) > most:
        parts = [*parts[: most // 2], "…", *parts[-(most // 2) :]]
    return " → ".join(parts)
