# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""npe2 of napari: a YAML manifest per pack; a plugin is a command."""

_kept = []


def _commands():
    if not _kept:
        from npe2 import PluginManager

        manager = PluginManager()
        manager.discover()
        _kept.append(manager)
    found = {"transforms": {}, "kernels": {}, "backends": {}}
    for manifest in _kept[0].iter_manifests():
        for command in manifest.contributions.commands or ():
            _, type_, name = command.id.split(".")
            found[type_][name] = command.id
    return found


def names():
    return _commands()


def load(wanted):
    commands = _commands()
    found = []
    for id_ in [commands[type_][name] for type_, name in wanted]:
        if id_ not in _kept[0].commands:
            _kept[0].activate(id_.partition(".")[0])
        found.append(_kept[0].commands.get(id_))
    return found
