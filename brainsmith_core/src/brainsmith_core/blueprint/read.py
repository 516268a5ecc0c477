# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The reader: from a blueprint's file, or a mapping made in Python, to the blueprint it says."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from re import fullmatch, match
from typing import Any

from brainsmith_core import yaml_document
from brainsmith_core.blueprint.blueprint import Blueprint, KernelChoice, Reference, RequiredDistribution
from brainsmith_core.blueprint.extends import Layers, read_layers
from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.blueprint.plan import Target
from brainsmith_core.blueprint.requirements import parse_requirement
from brainsmith_core.blueprint.schema import REFERENCE_PATTERN, REQUIREMENT_PATTERN, VARIABLE_PATTERN
from brainsmith_core.blueprint.structure import is_framework_key, shown
from brainsmith_core.blueprint.variables import Variables
from brainsmith_core.errors import BlueprintError, BlueprintFault
from brainsmith_core.yaml_document import KeyPath, YamlDocument, YamlFault, dotted

#: The parts of a blueprint whose places the plan's faults need.
_SECTIONS: tuple[KeyPath, ...] = (
    ("hw_compiler",),
    ("hw_compiler", "kernels"),
    ("hw_compiler", "transforms_phased"),
)


def read(
    path: Path,
    *,
    frameworks: Collection[str] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Blueprint:
    """Read a blueprint's file and those it extends.

    ``frameworks`` are the source names that may have a ``<source>_config`` section; with ``None`` every
    section of that form is taken. Raises ``BlueprintError`` with everything that is wrong with the text.
    """
    blueprint = draft(path, frameworks=frameworks, environment=environment)
    blueprint.check()
    return blueprint


def draft(
    path: Path | Mapping[str, Any],
    *,
    frameworks: Collection[str] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Blueprint:
    """What can be read of a blueprint, with everything else in its ``faults``.

    For those who settle it next, so that its faults and those of its plugins are reported together; a
    mapping made in Python is taken as if it stood in a file of the working folder. Raises
    ``BlueprintError`` only where there is nothing to read.
    """
    if isinstance(path, Mapping):
        document = YamlDocument(Path("blueprint"), _plain(path), {}, [])
    elif not isinstance(path, (str, os.PathLike)):
        fact = f"a blueprint must be the path of a file or a mapping, not {path!r:.60}"
        remedy = "pass a path such as 'model.yaml'"
        raise BlueprintError([BlueprintFault(fact, place="blueprint", remedy=remedy)], place="blueprint")
    else:
        try:
            document = yaml_document.read(Path(path))
        except YamlFault as fault:
            raise BlueprintError([fault], place=str(path)) from None
    faults = Faults()
    variables = Variables(environment, faults)
    layers = read_layers(document, variables=variables, faults=faults, frameworks=frameworks)
    return _Draft(layers, variables, faults).blueprint()


def _plain(value: Any) -> Any:
    # As if it had been read from YAML: keys are text, and every sequence is a list.
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


class _Draft:
    """Makes a blueprint of what is well-formed; what is not has been noted already."""

    def __init__(self, layers: Layers, variables: Variables, faults: Faults) -> None:
        self.layers = layers
        self.variables = variables
        self.faults = faults

    def blueprint(self) -> Blueprint:
        """The blueprint, with all faults found up to here and on the way."""
        layers = self.layers
        if layers.data and layers.complete and "hw_compiler" not in layers.data:
            remedy = "add 'hw_compiler:' with transforms, kernels or steps under it"
            self.faults.add(layers.locate(), "'hw_compiler' is missing", remedy)
        files = tuple(document.path for document in layers.documents)
        blueprint = Blueprint(
            name=self._text("name") or files[0].stem,
            files=files,
            description=self._text("description"),
            requires=self._requires(),
            target=self._target(),
            framework_config=self._framework_config(),
            kernels=self._kernels(),
            transforms=self._references("transform", "hw_compiler", "transforms"),
            pre_hw=self._references("transform", "hw_compiler", "transforms_phased", "pre_hw"),
            post_hw=self._references("transform", "hw_compiler", "transforms_phased", "post_hw"),
            steps=self._references("step", "hw_compiler", "steps"),
            sections={dotted(keys): layers.locate(*keys) for keys in (*_SECTIONS, *self._settings())},
        )
        return replace(blueprint, faults=tuple(self.faults))

    def _get(self, *keys: str | int) -> Any:
        value: Any = self.layers.data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def _text(self, *keys: str) -> str:
        value = self._get(*keys)
        return value if isinstance(value, str) else ""

    def _list(self, *keys: str) -> list[Any]:
        value = self._get(*keys)
        return value if isinstance(value, list) else []

    def _requires(self) -> tuple[RequiredDistribution, ...]:
        stated = [
            parse_requirement(text, self.layers.locate("requires", i), self.faults)
            for i, text in enumerate(self._list("requires"))
            if isinstance(text, str) and match(REQUIREMENT_PATTERN, text)
        ]
        return tuple(required for required in stated if required is not None)

    def _target(self) -> Target:
        board, part = (
            self.variables.text(self._text("target", key), self.layers.locate("target", key))
            for key in ("board", "part")
        )
        return Target(board=board, part=part, clock_ns=self._clock())

    def _clock(self) -> float | None:
        keys = ("target", "clock_ns")
        at, stated, before = self.layers.locate(*keys), self._get(*keys), len(self.faults)
        is_variable = isinstance(stated, str) and fullmatch(VARIABLE_PATTERN, stated)
        value = self.variables.value(stated, at) if is_variable else stated
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf:
            return float(value)
        if is_variable and len(self.faults) == before:
            fact = f"{stated} must be a number of nanoseconds above 0, not {shown(value)}"
            self.faults.add(at, fact, "set the variable to a number such as 5.0")
        return None

    def _framework_config(self) -> dict[str, dict[str, Any]]:
        return {
            key.removesuffix("_config"): self._expanded(section, key)
            for key, section in self.layers.data.items()
            if is_framework_key(key) and isinstance(section, dict)
        }

    def _settings(self) -> Iterator[KeyPath]:
        """The path of every setting that a framework may find fault with."""
        for key, section in self.layers.data.items():
            if (key == "target" or is_framework_key(key)) and isinstance(section, dict):
                yield (key,)
                yield from ((key, name) for name in section)

    def _expanded(self, value: Any, *keys: str | int) -> Any:
        if isinstance(value, dict):
            return {key: self._expanded(item, *keys, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self._expanded(item, *keys, i) for i, item in enumerate(value)]
        return self.variables.value(value, self.layers.locate(*keys))

    def _kernels(self) -> tuple[KernelChoice, ...]:
        choices = (self._kernel(item, i) for i, item in enumerate(self._list("hw_compiler", "kernels")))
        return tuple(choice for choice in choices if choice is not None)

    def _kernel(self, item: Any, index: int) -> KernelChoice | None:
        keys = ("hw_compiler", "kernels", index)
        if not isinstance(item, dict):
            kernel = self._reference("kernel", item, *keys)
            return KernelChoice(kernel) if kernel else None
        kernel = self._reference("kernel", item.get("kernel"), *keys, "kernel")
        stated = item.get("backends")
        backends = None
        if isinstance(stated, list):
            found = (self._reference("backend", x, *keys, "backends", i) for i, x in enumerate(stated))
            backends = tuple(reference for reference in found if reference)
        return KernelChoice(kernel, backends) if kernel else None

    def _references(self, type: str, *keys: str) -> tuple[Reference, ...]:
        found = (self._reference(type, item, *keys, i) for i, item in enumerate(self._list(*keys)))
        return tuple(reference for reference in found if reference)

    def _reference(self, type: str, text: Any, *keys: str | int) -> Reference | None:
        if not (isinstance(text, str) and fullmatch(REFERENCE_PATTERN, text)):
            return None
        return Reference(type, text.removeprefix("~"), text.startswith("~"), self.layers.locate(*keys))
