# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The preflight of a build: every framework asked what it knows of the model before the first step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from brainsmith_core.blueprint.plan import Plan
from brainsmith_core.errors import BuildError
from brainsmith_core.frameworks import FrameworkAdapter
from brainsmith_core.preflight import Preflight

#: In the order in which they are told, with what to say of them.
FATES = {
    "hardware": "become hardware",
    "host": "stay on the host",
    "constant": "are constant",
    "open": "are decided by the steps",
}


def look_ahead(
    plan: Plan, model: Any, frameworks: Sequence[FrameworkAdapter], stop: int | None = None
) -> dict[str, Preflight]:
    """What the frameworks know of the model by their names, given the plan's steps before ``stop``.

    Only those are asked whose plugins the plan uses; what none knows anything of is left out.
    """
    ahead = replace(plan, steps=plan.steps[:stop])
    used = {step.record.source for step in ahead.steps if step.record is not None}
    found = {}
    for framework in frameworks:
        preflight = framework.preflight(model, ahead) if framework.name in used else None
        if preflight is not None:
            found[framework.name] = preflight
    return found


def refuse(found: Mapping[str, Preflight], place: str) -> None:
    """Raise ``BuildError`` with every fault, if there is one."""
    faults = [fault for preflight in found.values() for fault in preflight.faults]
    if faults:
        remedies = dict.fromkeys(fault.remedy for fault in faults)
        raise BuildError(
            "\n  ".join(fault.fact for fault in faults),
            place=f"preflight of {place}",
            remedy="\n  ".join([*remedies, "to build all the same: --no-preflight"]),
        )


def summary(found: Mapping[str, Preflight]) -> Iterator[str]:
    """The findings in a few lines: how many nodes have which fate, those on the host, and the notes."""
    for name, preflight in found.items():
        fates = [outlook.fate for outlook in preflight.nodes]
        if fates:
            counts = [f"{fates.count(fate)} {words}" for fate, words in FATES.items() if fate in fates]
            yield f"preflight by {name}: of {len(fates)} nodes {', '.join(counts)}"
        for outlook in preflight.nodes:
            if outlook.fate == "host":
                yield f"  {outlook.node} ({outlook.op_type}) stays on the host: {outlook.reason}"
        yield from (f"  {note}" for note in preflight.notes)


def as_data(found: Mapping[str, Preflight]) -> dict[str, Any]:
    """The findings as ``report.json`` holds them."""
    return {
        name: {
            "nodes": [outlook.as_dict() for outlook in preflight.nodes],
            "faults": [vars(fault) for fault in preflight.faults],
            "notes": list(preflight.notes),
        }
        for name, preflight in found.items()
    }
