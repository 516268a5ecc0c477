# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""catalogue: a registry with entry points."""

_kept = {}


def _registry(type_):
    if type_ not in _kept:
        import catalogue

        _kept[type_] = catalogue.create(f"bench_{type_}", entry_points=True)
    return _kept[type_]


def names():
    types = ("transforms", "kernels", "backends")
    return {type_: [point.name for point in _registry(type_)._get_entry_points()] for type_ in types}


def load(wanted):
    return [_registry(type_).get(name) for type_, name in wanted]
