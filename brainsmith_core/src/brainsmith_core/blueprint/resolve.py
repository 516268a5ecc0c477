# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The resolver: from a blueprint's references to records, with transform sets unfolded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, cast

from brainsmith_core.blueprint.blueprint import Reference
from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.blueprint.plan import MissingPlugin, PlannedStep
from brainsmith_core.errors import AmbiguousPluginError, PluginNotFoundError
from brainsmith_core.records import StepRecord, TransformRecord
from brainsmith_core.registry import Registry, Resolution
from brainsmith_core.transform_set import member_name


class FailedPack(Protocol):
    """What a plan says of a pack that could not be loaded."""

    @property
    def source(self) -> str:
        """The pack's source name."""

    @property
    def distribution(self) -> str:
        """The distribution that the pack came with."""

    @property
    def version(self) -> str:
        """The distribution's version."""

    @property
    def reason(self) -> str:
        """Why the pack could not be loaded."""

    @property
    def remedy(self) -> str:
        """What mends it."""


class Problem(NamedTuple):
    """Why a reference comes to nothing, and what mends it.

    ``is_absence`` tells a plugin that cannot be had on this machine, which ``~`` allows for, from one that
    is wrongly asked for.
    """

    fact: str
    remedy: str
    is_absence: bool = True


@dataclass
class _Expansion:
    """What a reference comes to: steps in order, and what stands in the way of the others."""

    steps: list[PlannedStep] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    missing: list[MissingPlugin] = field(default_factory=list)


class Resolver:
    """Looks references up, gathering ``faults`` and the optional plugins that are ``missing``."""

    def __init__(self, registry: Registry, faults: Faults, failures: Iterable[FailedPack] = ()) -> None:
        self.registry = registry
        self.faults = faults
        self.missing: list[MissingPlugin] = []
        self._failures: Mapping[str, FailedPack] = {failure.source: failure for failure in failures}

    def resolve(self, reference: Reference) -> Resolution | None:
        """What a reference means; ``None``, noted, where it means nothing that can be had."""
        found = self._look_up(reference)
        if isinstance(found, Problem):
            self.note(reference, found)
            return None
        return found

    def note(self, reference: Reference, problem: Problem) -> None:
        """Note a problem: a fault, or for an optional plugin that cannot be had something left out."""
        if reference.optional and problem.is_absence:
            self.missing.append(_missing(reference, problem))
        else:
            self.faults.add(reference.place, problem.fact, problem.remedy)

    def failure(self, source: str) -> Problem | None:
        """Why the pack of a source could not be loaded; ``None`` if there is no such failure."""
        failed = self._failures.get(source)
        if failed is None:
            return None
        owner = f"{failed.distribution} {failed.version}".strip()
        return Problem(f"the pack {source!r} of {owner} could not be loaded: {failed.reason}", failed.remedy)

    def steps(self, references: Iterable[Reference], phase: str) -> list[PlannedStep]:
        """The planned steps of build-step references, in order."""
        planned = []
        for reference in references:
            found = self.resolve(reference)
            if found is not None and isinstance(found.record, StepRecord):
                step = PlannedStep(
                    found.record.name, phase, found.record, rule=found.rule, place=reference.place
                )
                planned.append(step)
        return planned

    def transforms(self, references: Iterable[Reference], phase: str) -> list[PlannedStep]:
        """The planned steps of transform references, in order, each set unfolded into its members.

        An optional set is left out whole if a member that is not optional cannot be had.
        """
        planned: list[PlannedStep] = []
        for reference in references:
            expansion = self._expand(reference, phase, ())
            for problem in expansion.problems:
                self.faults.add(reference.place, problem.fact, problem.remedy)
            self.missing += expansion.missing
            planned += expansion.steps
        return planned

    def _look_up(self, reference: Reference) -> Resolution | Problem:
        try:
            found = self.registry.resolve(reference.type, reference.name)
        except AmbiguousPluginError as error:
            return Problem(error.fact, error.remedy, is_absence=False)
        except PluginNotFoundError as error:
            failure = self.failure(reference.source)
            if failure is None:
                return Problem(error.fact, error.remedy)
            return Problem(f"{reference.name!r}: {failure.fact}", failure.remedy)
        record = found.record
        if not record.available:
            fact = f"{record.type} {record.qualified_name} is not available here: {record.unavailable}"
            return Problem(fact, record.remedy)
        return found

    def _expand(self, reference: Reference, phase: str, sets: tuple[TransformRecord, ...]) -> _Expansion:
        found = self._look_up(reference)
        if isinstance(found, Problem):
            if reference.optional and found.is_absence:
                return _Expansion(missing=[_missing(reference, found)])
            return _Expansion(problems=[found])
        record = cast("TransformRecord", found.record)
        if record in sets:
            chain = " > ".join(each.qualified_name for each in (*sets, record))
            remedy = f"report it to the authors of {record.distribution}"
            fact = f"a transform set contains itself: {chain}"
            return _Expansion(problems=[Problem(fact, remedy, is_absence=False)])
        if record.members:
            return self._expand_set(reference, record, phase, (*sets, record))
        problem = _arguments_problem(record)
        if problem:
            return _Expansion(problems=[problem])
        member_of = "/".join(each.name for each in sets)
        step = PlannedStep(
            record.name, phase, record, member_of=member_of, rule=found.rule, place=reference.place
        )
        return _Expansion(steps=[step])

    def _expand_set(
        self, reference: Reference, record: TransformRecord, phase: str, sets: tuple[TransformRecord, ...]
    ) -> _Expansion:
        whole = _Expansion()
        for name in record.members:
            part = self._expand(member_reference(name, record, reference, self.registry), phase, sets)
            whole.steps += part.steps
            whole.missing += part.missing
            whole.problems += [_in_set(record, problem) for problem in part.problems]
        absences = [problem for problem in whole.problems if problem.is_absence]
        if not (absences and reference.optional):
            return whole
        others = [problem for problem in whole.problems if not problem.is_absence]
        return _Expansion(missing=[_missing(reference, absences[0])], problems=others)


def _arguments_problem(record: TransformRecord) -> Problem | None:
    if not record.required_parameters:
        return None
    parameters = ", ".join(record.required_parameters)
    fact = f"transform {record.qualified_name} cannot be made without arguments: {parameters}"
    remedy = "write a step, a function (model, cfg), that applies it with the arguments it needs"
    return Problem(fact, remedy, is_absence=False)


def _in_set(record: TransformRecord, problem: Problem) -> Problem:
    return problem._replace(fact=f"in the transform set {record.qualified_name}: {problem.fact}")


def member_reference(
    member: str, owner: TransformRecord, reference: Reference, registry: Registry
) -> Reference:
    """A member of a transform set as a reference at the set's place."""
    name = member_name(member, owner, registry)
    return Reference("transform", name, member.startswith("~"), reference.place)


def _missing(reference: Reference, problem: Problem) -> MissingPlugin:
    return MissingPlugin(reference.type, reference.name, str(reference.place), problem.fact)
