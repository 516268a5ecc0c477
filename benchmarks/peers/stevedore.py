# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""stevedore: its manager of one namespace, without loading; it keeps a cache of entry points on disk."""

INDEX = True


def _manager(type_):
    from stevedore import ExtensionManager

    class Names(ExtensionManager):
        def _load_plugins(self, *words, **more):
            return []

    return Names(f"bench_{type_}", invoke_on_load=False)


def names():
    types = ("transforms", "kernels", "backends")
    return {type_: [point.name for point in _manager(type_).list_entry_points()] for type_ in types}


def load(wanted):
    from stevedore import DriverManager

    return [DriverManager(f"bench_{type_}", name).driver for type_, name in wanted]
