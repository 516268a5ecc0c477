# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""stevedore: a manager for each single plugin, as its users load a driver; same cache on disk."""

TYPES = ("transforms", "kernels", "backends")


def names():
    from stevedore.extension import ExtensionManager

    class Names(ExtensionManager):
        def _load_plugins(self, *words, **more):
            return []

    return {type_: [p.name for p in Names(f"bench_{type_}").list_entry_points()] for type_ in TYPES}


def load(wanted):
    from stevedore.driver import DriverManager

    return [DriverManager(f"bench_{type_}", name, invoke_on_load=False).driver for type_, name in wanted]
