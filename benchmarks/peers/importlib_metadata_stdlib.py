# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""importlib.metadata of the standard library: one entry point per plugin."""


def _points(type_):
    from importlib.metadata import entry_points

    return entry_points(group=f"bench_{type_}")


def names():
    return {
        type_: [point.name for point in _points(type_)] for type_ in ("transforms", "kernels", "backends")
    }


def load(wanted):
    points = {type_: _points(type_) for type_ in {type_ for type_, _ in wanted}}
    return [points[type_][name].load() for type_, name in wanted]
