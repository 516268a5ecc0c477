# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The plugins of one blueprint: planned with, and loaded from, only the packs that it names."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock

from brainsmith_core import known_packs
from brainsmith_core.blueprint.plan import Plan
from brainsmith_core.blueprint.read import draft
from brainsmith_core.blueprint.requirements import check_requirements
from brainsmith_core.blueprint.settle import needed_sources, plan
from brainsmith_core.errors import BlueprintError, BlueprintFault, ClosedError, PackError, PluginLoadError
from brainsmith_core.records import Record
from brainsmith_core.registry import Registry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from brainsmith_core.manager import PluginManager

    BlueprintSource = str | Path | Mapping[str, Any]


def blueprint_plan(manager: PluginManager, blueprint: BlueprintSource) -> tuple[Plan, Registry]:
    """A blueprint settled, and the registry it was settled against.

    Where every reference names its source, only those packs are asked. Raises ``BlueprintError`` with
    every fault of the text, of what it requires and of what it names.
    """
    frameworks = {*manager.sources, *known_packs.sources()}
    drafted = draft(Path(blueprint) if isinstance(blueprint, str) else blueprint, frameworks=frameworks)
    try:
        sources = drafted.sources()
        registry, discovery = manager.selected(sources)
        # A set's members may name further packs, whose sets may name further ones.
        while (needed := needed_sources(drafted, registry)) != sources:
            sources = needed
            registry, discovery = manager.selected(sources)
    except PackError:
        # In strict mode; that a pack is too old for the blueprint may be why it failed.
        check_requirements(drafted)
        raise
    return plan(drafted, registry, failures=discovery.failures, adapter=discovery.adapter), registry


def blueprint_registry(manager: PluginManager, blueprint: BlueprintSource) -> Registry:
    """A registry of just the plugins that a blueprint names, each one imported.

    Raises ``BlueprintError`` for a faulty blueprint, and with every plugin that cannot be imported.
    """
    settled, registry = blueprint_plan(manager, blueprint)
    records = planned_records(settled)
    faults = []
    for record in records:
        try:
            registry.load(record)
        except PluginLoadError as error:
            faults.append(BlueprintFault(error.fact, place=settled.blueprint, remedy=error.remedy))
    if faults:
        raise BlueprintError(faults, place=settled.blueprint)
    return registry.limited(records, scope=f"the blueprint {settled.blueprint}")


class LoadedBlueprint:
    """The plugins that a blueprint names, for as long as the manager that loaded them is open.

    Raises as ``blueprint_registry`` does.
    """

    def __init__(self, manager: PluginManager, blueprint: str | Path) -> None:
        self._manager = manager
        if not isinstance(blueprint, (str, os.PathLike)):
            fact = f"a blueprint's plugins are loaded from a file, not from {blueprint!r:.60}"
            remedy = "write the blueprint to a file, and pass the file's path"
            raise BlueprintError([BlueprintFault(fact, place="blueprint", remedy=remedy)], place="blueprint")
        # Another working folder later must not mean another blueprint.
        self._blueprint = Path(blueprint).absolute()
        self._given = blueprint
        self._life = manager.life
        self._lock = Lock()
        self._state = manager.state
        self._registry = blueprint_registry(manager, blueprint)

    def registry(self) -> Registry:
        """The registry of these plugins, loaded again if the manager has looked anew meanwhile.

        Raises ``ClosedError`` once the manager was closed.
        """
        if self._life is not self._manager.life:
            raise ClosedError(
                f"the plugin system that loaded the plugins of {self._given} has been reset",
                place=str(self._given),
                remedy=f"load them again: load_blueprint_plugins({str(self._given)!r})",
            )
        with self._lock:
            state = self._manager.state
            if state is not self._state:
                self._registry = blueprint_registry(self._manager, self._blueprint)
                self._state = state
            return self._registry


def planned_records(settled: Plan) -> list[Record]:
    """Every record that a plan names, once, in the order of the plan."""
    found: dict[str, Record] = {}
    for step in settled.steps:
        if step.record is not None:
            found.setdefault(step.record.id, step.record)
    for kernel in settled.kernels:
        for record in (kernel.record, *kernel.backends):
            found.setdefault(record.id, record)
    return list(found.values())
