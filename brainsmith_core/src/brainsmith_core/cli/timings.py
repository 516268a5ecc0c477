# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What ``brainsmith doctor --timings`` measures and shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from brainsmith_core.cli.output import count, print_table
from brainsmith_core.errors import PluginNotFoundError
from brainsmith_core.manager import PluginManager
from brainsmith_core.records import RECORD_CLASSES, Record
from brainsmith_core.registry import Registry
from brainsmith_core.timings.guilt import heaviest, shortened
from brainsmith_core.timings.measure import pack_cost, plugin_cost
from brainsmith_core.timings.sample import sample


def timings(manager: PluginManager, names: Sequence[str], sources: Sequence[str]) -> dict[str, Any]:
    """Costs of packs and plugins, each measured in a process of its own, and the heaviest packages.

    Without names, of a plugin of each package; progress goes to standard error. Raises
    ``PluginNotFoundError`` for a name or source that nothing has.
    """
    registry = manager.unchecked_registry
    for source in sources:
        if source not in manager.sources:
            fact = f"no installed pack has the source name {source!r}"
            raise PluginNotFoundError(fact, remedy=f"there are {', '.join(manager.sources)}")
    if names:
        records = [record for name in names for record in _called(registry, name, sources)]
    else:
        records = sample(record for record in registry if not sources or record.source in sources)
    wanted = {record.source for record in records} if names else set(sources or manager.sources)
    packs = [pack.ref for pack in manager.packs if pack.ref.source in wanted]
    done, total = 0, len(packs) + len(records)
    found: dict[str, Any] = {"packs": [], "plugins": []}
    for ref in packs:
        done = _progress(done, total, f"listing {ref.source}")
        cost = pack_cost(ref.registration_name)
        found["packs"].append({"source": ref.source, "distribution": ref.distribution, **cost})
    for record in records:
        done = _progress(done, total, f"loading {record.qualified_name}")
        cost = plugin_cost(record.id)
        found["plugins"].append({"plugin": record.qualified_name, "type": record.type, **cost})
    found["heaviest"] = heaviest(found["plugins"])
    return found


def show_timings(found: dict[str, Any]) -> None:
    """Print the costs: packs, plugins with most seconds first, and who makes them heavy."""
    print_table(
        ("pack", "distribution", "plugins", "listing ms", "MB", "heavy imports or error"),
        [
            (
                p["source"],
                p["distribution"],
                p.get("plugins", ""),
                f"{p['seconds'] * 1000:.0f}",
                f"{p['megabytes']:.0f}",
                _burden(p),
            )
            for p in found["packs"]
        ],
        title="Listing, without an index",
    )
    plugins = sorted(found["plugins"], key=lambda plugin: -plugin["seconds"])
    print_table(
        ("plugin", "type", "loading s", "MB", "modules", "heavy imports or error"),
        [
            (p["plugin"], p["type"], f"{p['seconds']:.2f}", f"{p['megabytes']:.0f}", p["modules"], _burden(p))
            for p in plugins
        ],
        title="Loading, each in a process of its own",
    )
    if found["heaviest"]:
        print_table(
            ("import", "s", "MB", "plugins", "chain of imports"),
            [
                (
                    h["package"],
                    f"{h['seconds']:.2f}",
                    f"{h['megabytes']:.0f}",
                    _some(h["plugins"]),
                    shortened(h["chain"]),
                )
                for h in found["heaviest"]
            ],
            title="What makes them heavy",
        )
    click.echo(
        f"{count(len(plugins), 'plugin')} measured  (name others: brainsmith doctor --timings PLUGIN…)"
    )


def _called(registry: Registry, name: str, sources: Sequence[str]) -> list[Record]:
    """The plugins that ``name``, ``source:name`` or ``type:source:name`` may mean, of every type."""
    first, colon, rest = name.partition(":")
    is_typed = bool(colon) and first in RECORD_CLASSES
    types, reference = ([first], rest) if is_typed else (list(RECORD_CLASSES), name)
    found = [record for type_ in types for record in registry.candidates(type_, reference)]
    if not found:
        # Whichever type is asked, this raises with the closest name.
        return [registry.resolve(types[0], reference).record]
    return [record for record in found if record.module and (not sources or record.source in sources)]


def _burden(cost: dict[str, Any]) -> str:
    if cost["error"]:
        return str(cost["error"])
    return ", ".join(f"{h['package']} ({h['seconds']:.1f} s, {h['megabytes']:.0f} MB)" for h in cost["heavy"])


def _some(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _progress(done: int, total: int, what: str) -> int:
    click.echo(f"[{done + 1}/{total}] {what}", err=True)
    return done + 1
