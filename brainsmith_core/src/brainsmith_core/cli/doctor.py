# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The command ``brainsmith doctor``."""

from __future__ import annotations

import platform
from typing import Any

import click
import importlib_metadata

from brainsmith_core.cli.environment import listed_manager
from brainsmith_core.cli.output import json_option, print_fields, print_json, print_table
from brainsmith_core.cli.timings import show_timings, timings
from brainsmith_core.manager import PluginManager


@click.command()
@click.argument("plugins", nargs=-1)
@click.option(
    "--timings",
    "timed",
    is_flag=True,
    help="Measure instead what listing packs and loading plugins costs, and why.",
)
@click.option("--source", "sources", multiple=True, help="Measure only this source, such as 'brainsmith'.")
@json_option
def doctor(plugins: tuple[str, ...], timed: bool, sources: tuple[str, ...], as_json: bool) -> None:
    """Say what works here, what does not, and the command that mends it.

    Shows interpreter and configuration, packs, frameworks, and plugins that cannot be loaded on this
    machine with the exact thing that is missing.

    With --timings, shows what listing packs and loading PLUGINS takes in time and memory, and which imports
    make them heavy. Each is measured in a process of its own, one after the other. Without PLUGINS, one of
    each package of modules is measured, which may take a minute or two.
    """
    if (plugins or sources) and not timed:
        raise click.UsageError("plugins and --source go with --timings")
    # What fails is what it is asked about, so in strict mode it answers as well.
    manager = listed_manager(as_json, strict=False)
    if timed:
        found = timings(manager, plugins, sources)
        print_json(found) if as_json else show_timings(found)
        return
    findings = _findings(manager)
    if as_json:
        print_json(findings)
        return
    print_fields(
        (name, findings[name])
        for name in ("status", "python", "core", "configuration", "plugins", "memory_mb")
    )
    if findings["unknown_names"]:
        print_table(
            ("setting", "fact", "remedy"),
            [(u["place"], u["fact"], u["remedy"]) for u in findings["unknown_names"]],
            title="Configured names without meaning here",
        )
    print_table(
        ("framework", "available", "version", "location or remedy"),
        [
            (f["name"], "yes" if f["available"] else "no", f["version"], f["location"] or f["remedy"])
            for f in findings["frameworks"]
        ],
    )
    print_table(
        ("pack", "distribution", "version", "status", "reason and remedy"),
        [(p["source"], p["distribution"], p["version"], p["status"], _reason(p)) for p in findings["packs"]],
    )
    if findings["unavailable"]:
        print_table(
            ("missing", "plugins", "remedy"),
            [(u["missing"], _some(u["plugins"]), u["remedy"]) for u in findings["unavailable"]],
            title="Plugins that cannot be loaded here",
        )


def _findings(manager: PluginManager) -> dict[str, Any]:
    health = manager.health_check()
    stats = manager.get_performance_stats()
    configuration = manager.configuration
    return {
        "status": health["status"],
        "python": f"{platform.python_version()} ({platform.system()} {platform.machine()})",
        "core": importlib_metadata.version("brainsmith-core"),
        "configuration": str(configuration.file or "defaults: no .brainsmith/config.yaml here or above"),
        "unknown_names": health["configuration"],
        "plugins": int(stats["plugin_count"]),
        "memory_mb": round(stats["memory_usage_mb"], 1),
        "frameworks": [_framework(adapter) for adapter in manager.frameworks],
        "packs": [pack.as_dict() for pack in manager.packs],
        "unavailable": _unavailable(manager),
    }


def _framework(adapter: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": adapter.name,
        "available": False,
        "version": "",
        "location": "",
        "remedy": "",
    }
    try:
        return said | {"available": bool(adapter.is_available())} | dict(adapter.get_metadata())
    except Exception as error:
        return said | {"remedy": f"its adapter failed: {type(error).__name__}: {error}"}


def _unavailable(manager: PluginManager) -> list[dict[str, Any]]:
    """Plugins by the thing that each one misses, so that one remedy stands once."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for record in manager.unchecked_registry.find(available=False):
        grouped.setdefault((record.unavailable, record.remedy), []).append(record.qualified_name)
    return [
        {"missing": missing, "remedy": remedy, "plugins": names}
        for (missing, remedy), names in grouped.items()
    ]


def _reason(pack: dict[str, Any]) -> str:
    return "; ".join(
        filter(None, (pack["reason"], pack["remedy"] if pack["reason"] else "", *pack["warnings"]))
    )


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
