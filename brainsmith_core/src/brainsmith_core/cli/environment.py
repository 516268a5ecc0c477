# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The plugin manager as commands use it: listing never fails for what a pack did, unless strict."""

from __future__ import annotations

import logging

from brainsmith_core.cli.output import quiet_stdout, warn
from brainsmith_core.manager import PluginManager, get_plugin_manager


def listed_manager(as_json: bool = False) -> PluginManager:
    """The default manager, its discovery done; failures and warnings go to standard error.

    Raises ``PackError`` in strict mode if a pack failed.
    """
    # The command words them itself; without a handler logging would say them a second time.
    logging.getLogger("brainsmith.plugin").addHandler(logging.NullHandler())
    with quiet_stdout(as_json):
        manager = get_plugin_manager()
        registry = manager.registry
        del registry
        for failure in manager.failures:
            warn(f"{failure}\n  {failure.remedy}")
        for pack in manager.packs:
            for text in pack.warnings:
                warn(f"pack {pack.ref.source!r} of {pack.ref.distribution} {pack.ref.version} {text}")
    return manager
