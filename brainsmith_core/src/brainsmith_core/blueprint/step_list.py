# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Step lists made in Python: names, functions and transforms, planned like a blueprint's steps."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from brainsmith_core.blueprint.blueprint import Reference
from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.blueprint.plan import PlannedStep
from brainsmith_core.blueprint.resolve import FailedPack, Resolver
from brainsmith_core.errors import BlueprintError, BlueprintFault
from brainsmith_core.frameworks import FrameworkAdapter
from brainsmith_core.registry import Registry
from brainsmith_core.yaml_document import Place

StepItem = Any


def plan_steps(
    items: Iterable[StepItem],
    registry: Registry,
    *,
    failures: Iterable[FailedPack] = (),
    frameworks: Iterable[FrameworkAdapter] = (),
) -> tuple[PlannedStep, ...]:
    """Plan a list of steps: names (``name``, ``source:name``), functions ``(model, cfg) -> model``, and
    transforms, as a class that needs no arguments or as an instance.

    A name with ``~`` before it is passed over if nothing has it. Raises ``BlueprintError`` with everything
    that is wrong with the list, also by the word of ``frameworks``.
    """
    faults = Faults()
    _check_is_list(items)
    resolver = Resolver(registry, faults, failures)
    planned: list[PlannedStep] = []
    for index, item in enumerate(items):
        at = Place(f"steps[{index}]")
        if isinstance(item, str):
            reference = Reference("step", item.removeprefix("~"), item.startswith("~"), at)
            planned += resolver.steps([reference], "steps")
        else:
            planned += _planned_object(item, at, faults, registry)
    used = {step.record.source for step in planned if step.record is not None}
    for framework in frameworks:
        for fault in framework.plan_faults(planned, ()) if framework.name in used and not faults else ():
            faults.add(fault.subject.place or Place("steps"), fault.fact, fault.remedy)
    if len(faults):
        raise BlueprintError((fault for _, fault in faults), place="steps")
    return tuple(planned)


def _check_is_list(items: Any) -> None:
    # A text is iterable as well, letter by letter, and a mapping key by key.
    if isinstance(items, (str, bytes, Mapping)) or not isinstance(items, Iterable):
        fact = f"steps must be a list, not {items!r:.60}"
        remedy = f"pass steps=[{items!r}]" if isinstance(items, str) else "pass steps=[…]"
        raise BlueprintError([BlueprintFault(fact, place="steps", remedy=remedy)], place="steps")


def _planned_object(item: StepItem, at: Place, faults: Faults, registry: Registry) -> list[PlannedStep]:
    if callable(getattr(item, "apply", None)):
        return _planned_transform(item, at, faults, registry)
    if isinstance(item, type) or not callable(item):
        fact = f"{item!r} is neither a step's name nor a function (model, cfg) nor a transform"
        faults.add(at, fact, "give the name of a step, a function or a transform")
        return []
    name = _name(item)
    if not _takes(item, 2):
        faults.add(at, f"{name} does not take (model, cfg)", "give it two positional parameters")
        return []
    record = _record(registry, "step", item)
    rule = f"the Python function {_address(item)}"
    return [PlannedStep(name, "steps", record, item, rule=rule, place=at)]


def _planned_transform(item: Any, at: Place, faults: Faults, registry: Registry) -> list[PlannedStep]:
    made = isinstance(item, type)
    name = _name(item if made else type(item))
    if made and not _takes(item, 0):
        fact = f"the transform {name} cannot be made without arguments"
        faults.add(at, fact, f"give an instance, {name}(…)")
        return []

    def apply(model: Any, _cfg: Any) -> Any:
        return model.transform(item() if made else item)

    cls = item if made else type(item)
    record = _record(registry, "transform", cls)
    rule = f"the Python transform {_address(cls)}"
    return [PlannedStep(name, "steps", record, apply, rule=rule, place=at)]


def _record(registry: Registry, type_: str, value: Any) -> Any:
    """The record of an object that a pack gave, so that the plan can name its owner; else ``None``."""
    module, name = getattr(value, "__module__", ""), getattr(value, "__qualname__", "")
    return next(iter(registry.find(type_, target=f"{module}:{name}")), None)


def _name(item: Any) -> str:
    # A partial, and an object with __call__, have no name of their own.
    named = getattr(item, "func", item)
    return str(getattr(named, "__name__", type(named).__name__))


def _address(item: Any) -> str:
    named = getattr(item, "func", item)
    named = named if hasattr(named, "__qualname__") else type(named)
    return f"{named.__module__}.{named.__qualname__}"


def _takes(function: Any, count: int) -> bool:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a built-in that cannot say what it takes
        return True
    try:
        signature.bind(*[None] * count)
    except TypeError:
        return False
    return True
