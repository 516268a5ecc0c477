# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""pluggy at its best: hooks give names and targets, and the host imports what it needs."""

_kept = []


def _targets():
    if not _kept:
        import pluggy

        spec = pluggy.HookspecMarker("bench")

        class Specs:
            @spec
            def register_transforms(self): ...

            @spec
            def register_kernels(self): ...

            @spec
            def register_backends(self): ...

        manager = pluggy.PluginManager("bench")
        manager.add_hookspecs(Specs)
        manager.load_setuptools_entrypoints("bench.pluggy_lazy")
        _kept.append(manager)
    hook = _kept[0].hook
    types = ("transforms", "kernels", "backends")
    return {t: dict(pair for pack in getattr(hook, f"register_{t}")() for pair in pack) for t in types}


def names():
    return _targets()


def load(wanted):
    from importlib import import_module

    targets = _targets()
    split = [targets[type_][name].split(":") for type_, name in wanted]
    return [getattr(import_module(module), attribute) for module, attribute in split]
