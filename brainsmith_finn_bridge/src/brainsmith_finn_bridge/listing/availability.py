# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Availability: what keeps a module of FINN from being imported on this machine, found without trying."""

from __future__ import annotations

import ast
import os

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.definition import FunctionSource
from brainsmith_core.discovery.scan import Foreign
from brainsmith_core.discovery.source import Import
from brainsmith_finn_bridge.listing import simulator
from brainsmith_finn_bridge.listing.obstacle import Obstacle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from brainsmith_core.discovery.scan import Universe
    from brainsmith_core.discovery.source import ModuleSource
    from brainsmith_finn_bridge.listing.dependencies import Dependencies
    from brainsmith_finn_bridge.listing.requirements import Requirements

#: How deep a call at a module's top level is followed into FINN's functions.
_DEPTH = 4


class Availability:
    """The obstacles to importing each module, through all that the import is sure to import and run.

    ``universe`` has FINN and such of its neighbours as are installed. ``variables`` are
    environment variables that are set for an import; ``environment`` is the process's by default.
    """

    def __init__(
        self,
        universe: Universe,
        dependencies: Dependencies,
        requirements: Requirements,
        variables: Mapping[str, str],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._universe = universe
        self._dependencies = dependencies
        self._requirements = requirements
        self._variables = variables
        self._environment = os.environ if environment is None else environment
        self._own: dict[str, tuple[Obstacle, ...]] = {}
        self._imports: dict[str, frozenset[str]] = {}
        self._import_faults: dict[tuple[str, str], tuple[Obstacle, ...]] = {}
        #: Modules from which no obstacle is reached.
        self._clear: set[str] = set()
        self._words: dict[str, dict[str, object]] = {}

    def words(self, module: str) -> dict[str, object]:
        """``unavailable``, ``remedy`` and ``requires`` for the module's records; nothing if all is well."""
        if module not in self._words:
            self._words[module] = self._obstacle_words(module)
        return self._words[module]

    def _obstacle_words(self, module: str) -> dict[str, object]:
        obstacles = self.obstacles(module)
        if not obstacles:
            return {}
        packages = {obstacle.package for obstacle in obstacles if obstacle.package}
        remedies = [*self._requirements.remedies(packages), *(obstacle.remedy for obstacle in obstacles)]
        return {
            "unavailable": "; ".join(obstacle.fact for obstacle in obstacles),
            "remedy": "; ".join(dict.fromkeys(filter(None, remedies))),
            "requires": sorted(map(self._requirements.of, packages)),
        }

    def obstacles(self, module: str) -> list[Obstacle]:
        """What is missing, each fact once."""
        reached = {module}
        waiting = [module]
        while waiting:
            more = self._read(waiting.pop()) - reached - self._clear
            reached |= more
            waiting += more
        by_fact = {obstacle.fact: obstacle for name in reached for obstacle in self._own.get(name, ())}
        if not by_fact:
            self._clear |= reached
        return [by_fact[fact] for fact in sorted(by_fact)]

    def _read(self, name: str) -> frozenset[str]:
        """The universe's modules that one of them imports at once; what it lacks by itself is noted."""
        if name not in self._imports:
            source = self._universe.module(name)
            assert source is not None
            self._imports[name] = frozenset(filter(self._universe.__contains__, self._note(source)))
        return self._imports[name]

    def _note(self, source: ModuleSource) -> Iterator[str]:
        obstacles = [Obstacle(f"{source.path} cannot be read: {source.fault}")] if source.fault else []
        obstacles += map(self._variable_obstacle, sorted(self._unset_variables(source)))
        yield source.name.rpartition(".")[0]
        for module, attribute in source.imported():
            obstacles += self._import_obstacles(module, attribute)
            yield module
            if attribute:
                yield f"{module}.{attribute}"
        self._own[source.name] = tuple(obstacles)

    def _import_obstacles(self, module: str, attribute: str) -> tuple[Obstacle, ...]:
        # Hundreds of modules have the same imports.
        key = (module, attribute)
        if key not in self._import_faults:
            self._import_faults[key] = tuple(self._faults_of_import(module, attribute))
        return self._import_faults[key]

    def _faults_of_import(self, module: str, attribute: str) -> Iterator[Obstacle]:
        source = self._universe.module(module)
        package = module.partition(".")[0]
        if source is None and self._universe.module(package) is None:
            fault = self._dependencies.fault(module, "" if attribute == "*" else attribute)
            if fault and package in simulator.PACKAGES:
                yield Obstacle(f"it imports {fault}", remedy=simulator.BUILD)
            elif fault:
                yield Obstacle(f"it imports {fault}", package=package)
        elif source is None:
            yield Obstacle(f"it imports {module}, which the {package} here does not have", package=package)
        elif attribute not in ("", "*") and self._is_unbound(source, attribute):
            fact = f"it imports {attribute} from {module}, which the {package} here does not have"
            yield Obstacle(fact, package=package)

    def _is_unbound(self, source: ModuleSource, name: str) -> bool:
        bound = source.bindings.get(name, ())
        if any(not isinstance(binding, Import) or binding.module != source.name for binding in bound):
            return False
        if f"{source.name}.{name}" in self._universe or "__getattr__" in source.bindings:
            return False
        meaning = self._universe.resolve(source.name, name)
        is_open = any(self._universe.module(star) is None for star in source.stars)
        return meaning == Foreign(f"{source.name}.{name}") and not is_open

    def _variable_obstacle(self, name: str) -> Obstacle:
        return Obstacle(f"the environment variable {name} is not set", remedy=f"export {name}=…")

    def _unset_variables(self, source: ModuleSource) -> set[str]:
        """The environment variables without which the module's own statements raise ``KeyError``.

        Those that ``variables`` has values for are set while a plugin is imported.
        """
        names: set[str] = set()
        for statement in source.body:
            names |= self._variables_read(source, statement, _DEPTH)
        return {name for name in names if name not in self._variables and name not in self._environment}

    def _variables_read(self, source: ModuleSource, node: ast.AST, depth: int) -> set[str]:
        names: set[str] = set()
        for part in _executed(node):
            if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Load):
                key = part.slice.value if isinstance(part.slice, ast.Constant) else None
                base = self._universe.resolve(source.name, syntax.dotted(part.value) or "?")
                if isinstance(key, str) and base == Foreign("os.environ"):
                    names.add(key)
            elif isinstance(part, ast.Call) and depth and syntax.dotted(part.func):
                called = self._universe.resolve(source.name, syntax.dotted(part.func))
                if isinstance(called, FunctionSource):
                    for statement in called.whole.body:
                        names |= self._variables_read(called.module, statement, depth - 1)
                        if isinstance(statement, (ast.Return, ast.Raise)):
                            break
        return names


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement or expression that are sure to be executed when it is, without bare names."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.Lambda, ast.Try, *syntax.DEFINITIONS)):
            continue
        if isinstance(node, (ast.IfExp, ast.If, ast.While)):
            waiting.append(node.test)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            waiting.append(node.iter)
        elif isinstance(node, ast.BoolOp):
            waiting += node.values[:1]
        else:
            waiting += syntax.parts(node)
