# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Rules: which classes and functions of FINN are plugins, and what their records say."""

from __future__ import annotations

from brainsmith_core.records import (
    BackendRecord,
    CustomOpRecord,
    KernelRecord,
    StepRecord,
    TransformRecord,
)
from brainsmith_finn_bridge.listing import inference, operators, steps, transforms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from brainsmith_core.discovery.definition import ClassSource, FunctionSource
    from brainsmith_core.discovery.hierarchy import Hierarchy
    from brainsmith_core.records import Record
    from brainsmith_finn_bridge.listing.availability import Availability

#: Packages of FINN that hold no plugins: some wheels bring FINN's own tests.
_LEFT_OUT = ("finn.tests", "finn.notebooks")


class Rules:
    """FINN's plugins as records. ``hierarchy`` must know QONNX, too: some derive by way of its classes."""

    def __init__(self, hierarchy: Hierarchy, availability: Availability) -> None:
        self._hierarchy = hierarchy
        self._availability = availability
        self._registered = operators.registered(hierarchy)
        roots = [*transforms.BASES, operators.CUSTOM_OP, operators.KERNEL, *operators.BACKENDS.values()]
        self._classes = [each for each in hierarchy.subclasses(roots, "finn") if not _is_left_out(each)]

    def records(self) -> list[Record]:
        """Every plugin; of those with one type and name at most one counts as registered."""
        found = [*self._operators(), *self._transforms(), *self._steps()]
        return sorted(
            _one_registered(found), key=lambda record: (record.type, record.name, not record.registered)
        )

    def _operators(self) -> Iterator[Record]:
        for each in self._classes:
            if not self._hierarchy.derives(each, [operators.CUSTOM_OP, *operators.BACKENDS.values()]):
                continue
            words = self._class_words(each) | {"registered": each.origin in self._registered}
            language = operators.language(self._hierarchy, each)
            if language:
                kernel = operators.kernel_of(self._hierarchy, each)
                yield BackendRecord(kernel=kernel, language=language, **words)
            elif operators.is_kernel(self._hierarchy, each):
                yield KernelRecord(**words)
            else:
                yield CustomOpRecord(**words)

    def _transforms(self) -> Iterator[Record]:
        kernels = {
            each.name
            for each in self._classes
            if each.origin in self._registered and operators.is_kernel(self._hierarchy, each)
        }
        for each in self._classes:
            if self._hierarchy.derives(each, transforms.BASES) and not self._hierarchy.is_abstract(each):
                created = inference.created_kernels(self._hierarchy.universe, each, kernels)
                yield TransformRecord(creates=created, stage=_group(each), **self._class_words(each))
        for function in transforms.factories(self._hierarchy):
            words = self._words(function, function.name) | {"parameters": function.parameters}
            yield TransformRecord(stage=_group(function), **words)

    def _steps(self) -> Iterator[Record]:
        for function, name in steps.steps(self._hierarchy.universe):
            if not _is_left_out(function):
                words = self._words(function, name or function.name)
                yield StepRecord(stage=steps.stage(function.name), registered=bool(name), **words)

    def _class_words(self, found: ClassSource) -> dict[str, Any]:
        return self._words(found, found.name) | {"parameters": self._hierarchy.parameters(found)}

    def _words(self, found: ClassSource | FunctionSource, name: str) -> dict[str, Any]:
        words = {"name": name, "target": found.origin, "description": found.summary}
        return words | self._availability.words(found.module.name)


def _is_left_out(found: ClassSource | FunctionSource) -> bool:
    return found.module.name.startswith(_LEFT_OUT)


def _group(found: ClassSource | FunctionSource) -> str:
    """FINN's own grouping of its transformations: ``streamline``, ``fpgadataflow``, ``general`` …"""
    return found.module.name.removeprefix("finn.transformation.").partition(".")[0]


def _one_registered(records: Sequence[Record]) -> Iterable[Record]:
    taken = set()
    for record in sorted(records, key=lambda record: record.target):
        key = (record.type, record.name)
        if record.registered and key in taken:
            yield record.replace(registered=False)
        else:
            yield record
        if record.registered:
            taken.add(key)
