# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""plux: its cached index of entry points, below its manager, which would import every plugin to list it."""

INDEX = True


def _index():
    from plux.runtime.cache import EntryPointsCache

    return EntryPointsCache.instance().get_entry_points()


def names():
    index = _index()
    return {
        type_: [p.name for p in index[f"bench_{type_}"]] for type_ in ("transforms", "kernels", "backends")
    }


def load(wanted):
    index = _index()
    groups = {type_: {p.name: p for p in index[f"bench_{type_}"]} for type_ in {type_ for type_, _ in wanted}}
    return [groups[type_][name].load() for type_, name in wanted]
