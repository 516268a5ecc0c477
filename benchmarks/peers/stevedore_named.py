# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""stevedore: the manager that loads the plugins it is told to; it keeps a cache of entry points on disk."""

TYPES = ("transforms", "kernels", "backends")


def _manager(type_, names):
    from stevedore.named import NamedExtensionManager

    return NamedExtensionManager(f"bench_{type_}", list(names), on_missing_entrypoints_callback=None)


def names():
    return {type_: _manager(type_, ()).entry_points_names() for type_ in TYPES}


def load(wanted):
    managers = {
        t: _manager(t, [name for type_, name in wanted if type_ == t]) for t in {t for t, _ in wanted}
    }
    return [managers[type_][name].plugin for type_, name in wanted]
