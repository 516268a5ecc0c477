# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A blueprint as its author wrote it: every reference with its place, nothing settled yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from brainsmith_core.blueprint.faults import Faults, LocatedFault
from brainsmith_core.blueprint.plan import Target
from brainsmith_core.yaml_document import Place


@dataclass(frozen=True)
class Reference:
    """A plugin as a blueprint names it: ``name`` without ``~``, which ``optional`` stands for."""

    type: str
    name: str
    optional: bool
    place: Place

    @property
    def source(self) -> str:
        """The source that the reference names; empty for a bare name."""
        return self.name.rpartition(":")[0]


@dataclass(frozen=True)
class KernelChoice:
    """A kernel and the back ends wanted for it, best first; ``None`` leaves the choice open."""

    kernel: Reference
    backends: tuple[Reference, ...] | None = None


@dataclass(frozen=True)
class RequiredDistribution:
    """A distribution that must be installed in a range of versions."""

    requirement: Requirement
    place: Place


@dataclass(frozen=True)
class Blueprint:
    """What a build shall do, as its files say it.

    ``files`` are the blueprint's file and those it extends, nearest first. ``faults`` is what is wrong
    with the parts that are not here; ``sections`` gives the place of ``hw_compiler``, of its lists, and of
    the settings in ``target`` and in the frameworks' sections.
    """

    name: str
    files: tuple[Path, ...]
    description: str = ""
    requires: tuple[RequiredDistribution, ...] = ()
    target: Target = field(default_factory=Target)
    framework_config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kernels: tuple[KernelChoice, ...] = ()
    transforms: tuple[Reference, ...] = ()
    pre_hw: tuple[Reference, ...] = ()
    post_hw: tuple[Reference, ...] = ()
    steps: tuple[Reference, ...] = ()
    sections: Mapping[str, Place] = field(default_factory=dict)
    faults: tuple[LocatedFault, ...] = ()

    @property
    def file(self) -> str:
        """The blueprint's own file, as messages name it."""
        return str(self.files[0])

    def check(self) -> None:
        """Raise ``BlueprintError`` if the blueprint's own text has faults."""
        Faults(self.faults).raise_any(self.file)

    def references(self) -> Iterator[Reference]:
        """Every reference in the order of a build, each kernel followed by its back ends."""
        yield from (*self.transforms, *self.pre_hw, *self.steps, *self.post_hw)
        for choice in self.kernels:
            yield choice.kernel
            yield from choice.backends or ()

    def sources(self) -> frozenset[str] | None:
        """The sources that suffice to settle the blueprint, or ``None`` where any pack may have a say.

        Any pack may provide a bare name, a back end of a kernel whose back ends are left open or chosen
        by language, and the hardware inference that kernels without ``steps`` ask for.
        """
        open_choice = any(choice.backends is None for choice in self.kernels)
        references = tuple(self.references())
        if open_choice or (self.kernels and not self.steps) or not all(ref.source for ref in references):
            return None
        return frozenset(reference.source for reference in references)
