# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The selection: which of a plan's steps a run carries out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from brainsmith_core.blueprint.plan import PlannedStep
from brainsmith_core.errors import BuildError
from brainsmith_core.frameworks import FrameworkAdapter


def select(
    steps: Sequence[PlannedStep],
    start: str = "",
    stop: str = "",
    frameworks: Sequence[FrameworkAdapter] = (),
) -> range:
    """The indices of the steps from ``start`` to ``stop``, both included; an empty text means the plan's end.

    A step is named by its name, ``source:name``, ``NAME#2`` for the second of that name, or its number
    counted from 1. After a source, the prefix that its framework allows to be left out may be left out, as
    in a blueprint. Raises ``BuildError`` for a name that no step or more than one has, and where
    ``stop`` comes before ``start``.
    """
    prefixes = {each.name: each.optional_prefixes().get("step", "") for each in frameworks}
    first = _find(steps, start, "--start", prefixes) if start else 0
    end = _find(steps, stop, "--stop", prefixes) + 1 if stop else len(steps)
    if first >= end and steps:
        raise BuildError(
            f"--stop {stop} is step {end} and comes before --start {start}, step {first + 1}",
            remedy="name a stop that is at or after the start",
        )
    return range(first, end)


def _find(steps: Sequence[PlannedStep], wanted: str, option: str, prefixes: Mapping[str, str]) -> int:
    if wanted.isdecimal() and 1 <= int(wanted) <= len(steps):
        return int(wanted) - 1
    found = _named(steps, wanted, prefixes)
    name, mark, occurrence = wanted.rpartition("#")
    if not found and mark and occurrence.isdecimal() and int(occurrence):
        found = _named(steps, name, prefixes)[int(occurrence) - 1 :][:1]
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(f"{wanted}#{count} (step {index + 1})" for count, index in enumerate(found, 1))
        raise BuildError(
            f"{option} {wanted} could be any of {len(found)} steps", remedy=f"say which: {choices}"
        )
    raise BuildError(f"{option} {wanted} names no step of the plan", remedy=_nearest(steps, wanted))


def _named(steps: Sequence[PlannedStep], wanted: str, prefixes: Mapping[str, str]) -> list[int]:
    source, colon, bare = wanted.rpartition(":")
    qualified = {wanted, f"{source}:{prefixes.get(source, '')}{bare}"} if colon else set()
    return [
        index
        for index, step in enumerate(steps)
        if wanted == step.name or (step.record is not None and step.record.qualified_name in qualified)
    ]


def _nearest(steps: Sequence[PlannedStep], wanted: str) -> str:
    names = {step.name.casefold(): step.name for step in steps}
    near = get_close_matches(wanted.casefold(), names, n=1)
    if near:
        return f"did you mean {names[near[0]]!r}?"
    return f"the steps are {', '.join(step.name for step in steps)}" if steps else "the plan has no steps"
