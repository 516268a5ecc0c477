# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The plan of a build: every choice that its blueprint left open, made and shown; nothing is imported yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from brainsmith_core.records import BackendRecord, KernelRecord, StepRecord, TransformRecord
from brainsmith_core.yaml_document import Place

#: Where a planned step comes from, in the order of a build without ``steps``.
PHASES = ("transforms", "pre_hw", "steps", "post_hw")

StepFunction = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class PlannedStep:
    """One thing that the build does to the model.

    ``record`` is a transform or a step; for a function that was passed in Python it is ``None`` and
    ``function`` is set. ``phase`` is one of ``PHASES``; ``member_of`` names the transform set that brought
    it in; ``rule`` says in words why this plugin was chosen where there was a choice.
    """

    name: str
    phase: str
    record: TransformRecord | StepRecord | None = None
    function: StepFunction | None = None
    member_of: str = ""
    rule: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class PlannedKernel:
    """A kernel of the blueprint, the back ends in order of preference, and what makes its nodes.

    ``missing_backends`` are those that the blueprint asks for and no installed pack has; ``offered`` are
    all that it could ask for; ``inference`` are the transforms whose ``creates`` names the kernel;
    ``is_chosen`` says that the order of the back ends is the blueprint's, which else leaves it open;
    ``place`` is where the blueprint names the kernel.
    """

    record: KernelRecord
    backends: tuple[BackendRecord, ...] = ()
    missing_backends: tuple[str, ...] = ()
    inference: tuple[TransformRecord, ...] = ()
    rule: str = ""
    is_chosen: bool = False
    place: Place | None = field(default=None, compare=False)
    offered: tuple[BackendRecord, ...] = ()


@dataclass(frozen=True)
class MissingPlugin:
    """An optional plugin (``~name``) that is not installed or not available here, and is left out."""

    type: str
    reference: str
    place: str
    reason: str


@dataclass(frozen=True)
class Target:
    """What the build is for: a board or a part, and the clock period in nanoseconds."""

    board: str = ""
    part: str = ""
    clock_ns: float | None = None


class PlanRow(NamedTuple):
    """A line of the plan as it is shown: what runs as the ``position``-th step, and who gave it.

    ``source``, ``distribution`` and ``version`` are empty for a function that was passed in Python.
    """

    position: int
    phase: str
    name: str
    type: str
    source: str
    distribution: str
    version: str
    rule: str


@dataclass(frozen=True)
class Plan:
    """A blueprint settled against the registry: steps in order, kernels, and what was left out.

    ``notes`` say what of the blueprint is no fault, and probably not meant.
    """

    name: str
    description: str = ""
    blueprint: str = ""
    target: Target = field(default_factory=Target)
    framework_config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    steps: tuple[PlannedStep, ...] = ()
    kernels: tuple[PlannedKernel, ...] = ()
    missing: tuple[MissingPlugin, ...] = ()
    notes: tuple[str, ...] = ()

    def as_rows(self) -> tuple[PlanRow, ...]:
        """A row for each step in order, counted from 1."""
        return tuple(_row(position, step) for position, step in enumerate(self.steps, start=1))


def _row(position: int, step: PlannedStep) -> PlanRow:
    record = step.record
    if record is None:
        return PlanRow(position, step.phase, step.name, "function", "", "", "", step.rule)
    owner = (record.source, record.distribution, record.distribution_version)
    rule = f"{step.rule}; member of {step.member_of}" if step.member_of else step.rule
    return PlanRow(position, step.phase, step.name, record.type, *owner, rule)
