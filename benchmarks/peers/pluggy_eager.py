# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""pluggy as most packs use it: hooks give the classes themselves, so that listing imports them all."""

TYPES = ("transforms", "kernels", "backends")
_kept = []


def _classes():
    if not _kept:
        import pluggy

        manager = pluggy.PluginManager("bench")
        manager.load_setuptools_entrypoints("bench.pluggy_eager")
        _kept.append(manager)
    hook = _kept[0].hook
    return {t: {c.__name__: c for pack in getattr(hook, f"register_{t}")() for c in pack} for t in TYPES}


def names():
    return _classes()


def load(wanted):
    classes = _classes()
    return [classes[type_][name] for type_, name in wanted]
