# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Brainsmith: one entry point per pack, asked through pluggy hooks, then told by the index."""

INDEX = True


def names():
    from brainsmith import plugins

    return {type_: getattr(plugins, type_).list_plugins() for type_ in ("transforms", "kernels", "backends")}


def load(wanted):
    from brainsmith import plugins

    return [getattr(getattr(plugins, type_), name) for type_, name in wanted]
