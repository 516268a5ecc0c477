# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The plugin manager as commands use it: listing never fails for what a pack did, unless strict."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from brainsmith_core.cli.output import quiet_stdout, warn
from brainsmith_core.manager import PluginManager, get_plugin_manager


def listed_manager(as_json: bool = False, *, strict: bool = True) -> PluginManager:
    """The default manager, its discovery done; failures and warnings go to standard error.

    Raises ``PackError`` in strict mode if a pack failed, unless ``strict`` is false.
    """
    with quiet_stdout(as_json), _silent_logger():
        manager = get_plugin_manager()
        # In strict mode this raises.
        if strict:
            assert manager.registry is not None
        failures, packs = manager.failures, manager.packs
    for failure in failures:
        warn(f"{failure}\n  {failure.remedy}")
    for pack in packs:
        for text in pack.warnings:
            warn(f"pack {pack.ref.source!r} of {pack.ref.distribution} {pack.ref.version} {text}")
    return manager


@contextmanager
def _silent_logger() -> Iterator[None]:
    # The command words failures itself; without a handler logging would say them a second time.
    handler = logging.NullHandler()
    logger = logging.getLogger("brainsmith.plugin")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
