# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The settling of a blueprint: every choice that it leaves open, made against the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from brainsmith_core.blueprint.blueprint import Blueprint, Reference
from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.blueprint.kernels import settle_kernels
from brainsmith_core.blueprint.plan import Plan, PlannedKernel, PlannedStep
from brainsmith_core.blueprint.requirements import unmet
from brainsmith_core.blueprint.resolve import FailedPack, Resolver, member_reference
from brainsmith_core.frameworks import FrameworkAdapter
from brainsmith_core.records import TransformRecord
from brainsmith_core.registry import Registry
from brainsmith_core.yaml_document import Place, dotted

#: The stage of the step around which ``pre_hw`` and ``post_hw`` run, and the name of the default one.
HARDWARE_INFERENCE = "hardware_inference"


def plan(
    blueprint: Blueprint,
    registry: Registry,
    *,
    failures: Iterable[FailedPack] = (),
    adapter: Callable[[str], FrameworkAdapter | None] = lambda name: None,
) -> Plan:
    """Settle a blueprint; imports nothing of any plugin.

    ``failures`` are the packs that could not be loaded; they count only where the blueprint names them.
    ``adapter`` gives a framework's by its name, to judge the settings that are meant for it.
    Raises ``BlueprintError`` with everything that is wrong: the blueprint's own faults, requirements that
    are not met, plugins that are unknown, ambiguous, unavailable or cannot be made without arguments.
    """
    faults = Faults([*blueprint.faults, *unmet(blueprint)])
    resolver = Resolver(registry, faults, failures)
    kernels = settle_kernels(blueprint.kernels, resolver)
    steps = _ordered(blueprint, resolver, has_kernels=bool(kernels))
    if not faults and not any(blueprint.references()):
        fact = "the blueprint asks for nothing: it names no transforms, steps or kernels"
        remedy = "name at least one under 'hw_compiler'"
        faults.add(blueprint.sections["hw_compiler"], fact, remedy)
    _check_settings(blueprint, steps, adapter, faults)
    steps = _completed(steps, kernels, blueprint, resolver, adapter)
    _check_plan(blueprint, steps, kernels, adapter, faults)
    faults.raise_any(blueprint.file)
    return Plan(
        name=blueprint.name,
        description=blueprint.description,
        blueprint=blueprint.file,
        target=blueprint.target,
        framework_config=blueprint.framework_config,
        steps=tuple(steps),
        kernels=tuple(kernels),
        missing=tuple(resolver.missing),
        notes=tuple(_notes(blueprint, steps, kernels)),
    )


def _check_settings(
    blueprint: Blueprint,
    steps: list[PlannedStep],
    adapter: Callable[[str], FrameworkAdapter | None],
    faults: Faults,
) -> None:
    for name in dict.fromkeys([*blueprint.framework_config, *_stepping(steps)]):
        framework = adapter(name)
        settings = blueprint.framework_config.get(name, {})
        for fault in framework.settings_faults(blueprint.target, settings) if framework else ():
            places = (blueprint.sections.get(dotted(fault.keys[:count])) for count in (2, 1))
            at = next(filter(None, places), blueprint.sections["hw_compiler"])
            faults.add(at, fault.fact, fault.remedy)


def _completed(
    steps: list[PlannedStep],
    kernels: list[PlannedKernel],
    blueprint: Blueprint,
    resolver: Resolver,
    adapter: Callable[[str], FrameworkAdapter | None],
) -> list[PlannedStep]:
    """The steps with those in between that a framework needs for the blueprint's kernels."""
    at = _kernels_place(blueprint)
    for name in _stepping(steps) if kernels else ():
        framework = adapter(name)
        wanted = framework.steps_to_add(steps, kernels) if framework else ()
        before = len(steps)
        for each in sorted(wanted, key=lambda added: added.index):
            found = resolver.steps([Reference("step", each.reference, False, at)], "steps")
            # What was added before has moved the place.
            place = each.index + len(steps) - before
            steps[place:place] = [replace(step, rule=each.reason) for step in found]
    return steps


def _stepping(steps: list[PlannedStep]) -> list[str]:
    """The sources of the plan's steps, each once."""
    named = [step.record.source for step in steps if step.record and step.record.type == "step"]
    return list(dict.fromkeys(named))


def _check_plan(
    blueprint: Blueprint,
    steps: list[PlannedStep],
    kernels: list[PlannedKernel],
    adapter: Callable[[str], FrameworkAdapter | None],
    faults: Faults,
) -> None:
    records = [*(step.record for step in steps), *(kernel.record for kernel in kernels)]
    for name in dict.fromkeys(record.source for record in records if record is not None):
        framework = adapter(name)
        for fault in framework.plan_faults(steps, kernels) if framework else ():
            at = fault.subject.place or blueprint.sections["hw_compiler"]
            faults.add(at, fault.fact, fault.remedy)


def _notes(blueprint: Blueprint, steps: list[PlannedStep], kernels: list[PlannedKernel]) -> Iterator[str]:
    """Not a fault: a step may infer kernels without saying so, and a model may have their nodes already."""
    planned = {step.record for step in steps}
    idle = [kernel.record.qualified_name for kernel in kernels if planned.isdisjoint(kernel.inference)]
    if idle and not any(map(_is_inference, steps)):
        at = _kernels_place(blueprint)
        fact = f"no step is known to do hardware inference, so nothing makes nodes of {', '.join(idle)}"
        yield f"{at}: {fact}; add {HARDWARE_INFERENCE!r} to hw_compiler.steps"


def _kernels_place(blueprint: Blueprint) -> Place:
    return blueprint.sections.get("hw_compiler.kernels", blueprint.sections["hw_compiler"])


def needed_sources(blueprint: Blueprint, registry: Registry) -> frozenset[str] | None:
    """The sources that suffice to settle a blueprint, as far as the registry's transform sets tell.

    Starts from ``blueprint.sources()`` and adds what the members of sets name; ``None`` where any pack may
    have a say. A registry of fewer sources than the answer cannot know the sets of the others: ask again
    with one that has them.
    """
    sources = blueprint.sources()
    if sources is None:
        return None
    needed = set(sources)
    waiting = [reference for reference in blueprint.references() if reference.type == "transform"]
    seen: set[str] = set()
    while waiting:
        reference = waiting.pop()
        if not reference.source:
            return None
        needed.add(reference.source)
        for record in registry.candidates("transform", reference.name):
            if isinstance(record, TransformRecord) and record.id not in seen:
                seen.add(record.id)
                waiting += [member_reference(name, record, reference, registry) for name in record.members]
    return frozenset(needed)


def _ordered(blueprint: Blueprint, resolver: Resolver, *, has_kernels: bool) -> list[PlannedStep]:
    """The steps in the order of a build: transforms, then steps with pre_hw and post_hw around inference."""
    before = resolver.transforms(blueprint.transforms, "transforms")
    pre_hw = resolver.transforms(blueprint.pre_hw, "pre_hw")
    unsettled = len(resolver.faults)
    if blueprint.steps:
        steps = resolver.steps(blueprint.steps, "steps")
        if (blueprint.pre_hw or blueprint.post_hw) and len(resolver.faults) == unsettled:
            _check_phases(blueprint, steps, resolver)
    else:
        steps = _default_steps(blueprint, resolver) if has_kernels else []
    post_hw = resolver.transforms(blueprint.post_hw, "post_hw")
    inference = [i for i, step in enumerate(steps) if _is_inference(step)]
    first, last = (inference[0], inference[-1] + 1) if inference else (0, len(steps))
    return [*before, *steps[:first], *pre_hw, *steps[first:last], *post_hw, *steps[last:]]


def _is_inference(step: PlannedStep) -> bool:
    return step.record is not None and step.record.stage == HARDWARE_INFERENCE


def _check_phases(blueprint: Blueprint, steps: list[PlannedStep], resolver: Resolver) -> None:
    if not any(map(_is_inference, steps)):
        fact = "pre_hw and post_hw run around the step that does hardware inference, and 'steps' has none"
        remedy = f"add {HARDWARE_INFERENCE!r} to hw_compiler.steps, or move these transforms to 'transforms'"
        resolver.faults.add(blueprint.sections["hw_compiler.transforms_phased"], fact, remedy)


def _default_steps(blueprint: Blueprint, resolver: Resolver) -> list[PlannedStep]:
    at = blueprint.sections["hw_compiler.kernels"]
    return resolver.steps([Reference("step", HARDWARE_INFERENCE, False, at)], "steps")
