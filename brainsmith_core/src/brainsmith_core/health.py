# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The health of the plugin system: what works, and what does not for which reason."""

from __future__ import annotations

import logging

from brainsmith_core.loading import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from brainsmith_core.discovery.discover import Discovery
    from brainsmith_core.frameworks import FrameworkAdapter

logger = logging.getLogger("brainsmith.plugin")


def health(discovery: Discovery, *, cache_available: bool) -> dict[str, Any]:
    """``status``: ``healthy``, or ``degraded`` with the reasons in ``failures``; never raises."""
    return {
        "status": "degraded" if discovery.failures else "healthy",
        "cache_available": cache_available,
        "frameworks_available": sum(_is_available(adapter) for adapter in discovery.adapters),
        "failures": [failure.as_dict() for failure in discovery.failures],
        "warnings": [
            {"source": pack.ref.source, "distribution": pack.ref.distribution, "warning": warning}
            for pack, warning in discovery.warnings
        ],
    }


def _is_available(adapter: FrameworkAdapter) -> bool:
    try:
        return bool(adapter.is_available())
    except Exception as error:
        fact = "the adapter %r cannot say whether its framework is installed: %s"
        logger.warning(fact, adapter.name, describe(error))
        return False
