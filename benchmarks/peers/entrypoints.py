# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""entrypoints: reads the files itself."""


def names():
    import entrypoints

    types = ("transforms", "kernels", "backends")
    return {type_: list(entrypoints.get_group_named(f"bench_{type_}")) for type_ in types}


def load(wanted):
    import entrypoints

    groups = {
        type_: entrypoints.get_group_named(f"bench_{type_}") for type_ in {type_ for type_, _ in wanted}
    }
    return [groups[type_][name].load() for type_, name in wanted]
