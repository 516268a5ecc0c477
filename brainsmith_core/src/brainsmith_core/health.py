# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The health of the plugin system: what works, and what does not for which reason."""

from __future__ import annotations

import logging

from brainsmith_core.loading import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from brainsmith_core.configuration import Configuration
    from brainsmith_core.discovery.discover import Discovery
    from brainsmith_core.frameworks import FrameworkAdapter

logger = logging.getLogger("brainsmith.plugin")


def health(discovery: Discovery, configuration: Configuration, *, cache_available: bool) -> dict[str, Any]:
    """``status``: ``healthy``, or ``degraded`` with the reasons in ``failures`` and ``configuration``.

    Never raises.
    """
    unknown = list(_unknown_names(configuration, discovery))
    return {
        "status": "degraded" if discovery.failures or unknown else "healthy",
        "cache_available": cache_available,
        "frameworks_available": sum(_is_available(adapter) for adapter in discovery.adapters),
        "failures": [failure.as_dict() for failure in discovery.failures],
        "configuration": unknown,
        "warnings": [
            {"source": pack.ref.source, "distribution": pack.ref.distribution, "warning": warning}
            for pack, warning in discovery.warnings
        ],
    }


def _unknown_names(configuration: Configuration, discovery: Discovery) -> Iterator[dict[str, str]]:
    """Place, fact and remedy for each configured source that means nothing, here or where it is known.

    No error when the configuration is read: it may be shared with machines that have other packs.
    """
    settings = {"frameworks": configuration.frameworks or (), "priority": configuration.priority}
    if not any(settings.values()):
        return
    from difflib import get_close_matches

    from brainsmith_core import known_packs
    from brainsmith_core.discovery.entry_points import installed_packs

    installed = {ref.source for ref in installed_packs()}
    installed.update(framework.name for pack in discovery.packs for framework in pack.frameworks)
    meaningful = sorted(installed.union(known_packs.sources()))
    for key, names in settings.items():
        for index, name in enumerate(names):
            if name not in meaningful:
                close = get_close_matches(name, meaningful, n=1)
                there_is = f"those installed are {', '.join(sorted(installed)) or 'none'}"
                yield {
                    "place": f"plugin_system.{key}[{index}]",
                    "fact": f"no installed pack has the source name {name!r}",
                    "remedy": f"did you mean {close[0]!r}?" if close else there_is,
                }


def _is_available(adapter: FrameworkAdapter) -> bool:
    try:
        return bool(adapter.is_available())
    except Exception as error:
        fact = "the adapter %r cannot say whether its framework is installed: %s"
        logger.warning(fact, adapter.name, describe(error))
        return False
