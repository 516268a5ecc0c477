# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""importlib_metadata from PyPI: one entry point per plugin."""

TYPES = ("transforms", "kernels", "backends")


def names():
    from importlib_metadata import entry_points

    points = entry_points()
    return {type_: points.select(group=f"bench_{type_}").names for type_ in TYPES}


def load(wanted):
    from importlib_metadata import entry_points

    points = entry_points()
    groups = {type_: points.select(group=f"bench_{type_}") for type_ in TYPES}
    return [groups[type_][name].load() for type_, name in wanted]
