# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The report: everything worth knowing about a build, as data in ``report.json`` and as a page beside it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from brainsmith_core.blueprint.plan import Plan, PlannedKernel, PlannedStep
from brainsmith_core.build.accuracy import Accuracy
from brainsmith_core.build.output import OutputFolder
from brainsmith_core.build.page import render
from brainsmith_core.build.preflight import as_data
from brainsmith_core.build.section import Section
from brainsmith_core.build.state import BuildState, FinishedStep, identity
from brainsmith_core.build.verify import Verification
from brainsmith_core.preflight import Preflight
from brainsmith_core.records import Record

#: The version of the layout of ``report.json``.
SCHEMA = 1

#: The report as data, within the output folder.
REPORT_FILE = "report.json"


@dataclass
class Facts:
    """What a report needs to know beside the build's state; a run fills it in as it goes on."""

    plan: Plan
    model_path: Path
    selected: range
    verification: Verification | None = None
    accuracy_before: Accuracy | None = None
    accuracy_after: Accuracy | None = None
    under_way: int | None = None
    failure: str = ""
    interrupted: bool = False
    seconds: float = 0.0
    preflight: Mapping[str, Preflight] = field(default_factory=dict)


def write_report(
    folder: OutputFolder,
    facts: Facts,
    state: BuildState,
    more: Sequence[Section] = (),
    data: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Write ``report.json`` and ``report.html`` and return what the former holds.

    ``more`` are sections for the page, and ``data`` what frameworks add to the data, by their names.
    Raises ``OutputError`` if the disk does not take them.
    """
    report = build_report(facts, state) | {"frameworks": dict(data or {})}
    folder.write_text(REPORT_FILE, json.dumps(report, indent=1, allow_nan=False, default=str) + "\n")
    folder.write_text("report.html", render(report, more))
    return report


def build_report(facts: Facts, state: BuildState) -> dict[str, Any]:
    """The report as plain values that JSON can hold.

    ``steps`` has an entry for each planned step, with ``status`` ``done``, ``failed``, ``interrupted`` or
    ``not run``; times are in seconds, ``op_counts_before`` and ``op_counts_after`` give numbers of nodes by
    op type, and ``difference`` the largest absolute change of an output. ``seconds`` is what the last run
    took.
    """
    plan = facts.plan
    steps = _steps(facts, state)
    return {
        "schema": SCHEMA,
        "name": plan.name,
        "description": plan.description,
        "blueprint": plan.blueprint,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "status": _status(facts, steps),
        "failure": facts.failure,
        "seconds": facts.seconds,
        "input": {
            "path": str(facts.model_path),
            "sha256": state.input_sha256,
            "op_counts": state.input.op_counts if state.input else {},
        },
        "target": {"board": plan.target.board, "part": plan.target.part, "clock_ns": plan.target.clock_ns},
        "steps": steps,
        "kernels": [_kernel(kernel) for kernel in plan.kernels],
        "missing": [
            {"type": item.type, "reference": item.reference, "place": item.place, "reason": item.reason}
            for item in plan.missing
        ],
        "preflight": as_data(facts.preflight),
        "verification": facts.verification.as_dict() if facts.verification else None,
        "accuracy": {"before": _accuracy(facts.accuracy_before), "after": _accuracy(facts.accuracy_after)},
        "plugin_distributions": _plugin_distributions(plan),
        "environment": _environment(),
        "packages": _packages(),
    }


def _status(facts: Facts, steps: list[dict[str, Any]]) -> str:
    if facts.interrupted:
        return "interrupted"
    if facts.failure:
        return "failed"
    return "finished" if all(step["status"] == "done" for step in steps) else "stopped"


def _steps(facts: Facts, state: BuildState) -> list[dict[str, Any]]:
    entries = []
    before = dict(state.input.op_counts) if state.input else {}
    for index, planned in enumerate(facts.plan.steps):
        finished = _finished(planned, index, state)
        entry = _described_step(index, planned)
        if facts.under_way is not None and index >= facts.under_way:
            # An earlier build may have got further; this one has not.
            finished = None
        ended = "interrupted" if facts.interrupted else "failed"
        entry["status"] = "done" if finished else ended if index == facts.under_way else "not run"
        if finished is not None:
            after = dict(finished.checkpoint.op_counts)
            entry |= {
                "seconds": finished.seconds,
                "model": finished.checkpoint.file,
                "sha256": finished.checkpoint.sha256,
                "op_counts_before": before,
                "op_counts_after": after,
                "op_changes": op_changes(before, after),
                "difference": finished.difference,
            }
            before = after
        entries.append(entry)
    return entries


def _finished(planned: PlannedStep, index: int, state: BuildState) -> FinishedStep | None:
    if index < len(state.steps) and state.steps[index].identity == identity(planned):
        return state.steps[index]
    return None


def _described_step(index: int, planned: PlannedStep) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "number": index + 1,
        "name": planned.name,
        "phase": planned.phase,
        "member_of": planned.member_of,
        "rule": planned.rule,
    }
    if planned.record is not None:
        return entry | _plugin(planned.record)
    function = planned.function
    target = f"{getattr(function, '__module__', '')}:{getattr(function, '__qualname__', '')}"
    return entry | {
        "type": "function",
        "plugin": "",
        "target": target,
        "distribution": "",
        "version": "",
        "stage": "",
    }


def _plugin(record: Record) -> dict[str, str]:
    return {
        "type": record.type,
        "plugin": record.qualified_name,
        "target": record.target,
        "distribution": record.distribution,
        "version": record.distribution_version,
        "stage": record.stage,
    }


def _kernel(kernel: PlannedKernel) -> dict[str, Any]:
    return {
        "name": kernel.record.name,
        **_plugin(kernel.record),
        "op_type": kernel.record.op_type,
        "rule": kernel.rule,
        "backends": [
            {"name": backend.name, "language": backend.language, **_plugin(backend)}
            for backend in kernel.backends
        ],
        "missing_backends": list(kernel.missing_backends),
        "inference": [transform.qualified_name for transform in kernel.inference],
    }


def op_changes(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """How many nodes of each op type were added or, below zero, taken away; unchanged types left out."""
    changes = {op: after.get(op, 0) - before.get(op, 0) for op in sorted({*before, *after})}
    return {op: change for op, change in changes.items() if change}


def _accuracy(accuracy: Accuracy | None) -> dict[str, int | float] | None:
    if accuracy is None:
        return None
    return {"correct": accuracy.correct, "total": accuracy.total, "fraction": accuracy.fraction}


def _plugin_distributions(plan: Plan) -> dict[str, str]:
    records: list[Record] = [step.record for step in plan.steps if step.record is not None]
    for kernel in plan.kernels:
        records += [kernel.record, *kernel.backends, *kernel.inference]
    return dict(sorted({record.distribution: record.distribution_version for record in records}.items()))


def _environment() -> dict[str, str | int]:
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count() or 1,
    }


def _packages() -> dict[str, str]:
    found = dict(filter(None, map(_name_and_version, distributions())))
    return dict(sorted(found.items(), key=lambda pair: pair[0].casefold()))


def _name_and_version(distribution: Distribution) -> tuple[str, str] | None:
    """Read from the head of the metadata alone, which holds a whole manual below it."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    head = text.partition("\n\n")[0].splitlines()
    fields = dict(line.split(": ", 1) for line in reversed(head) if line.startswith(("Name: ", "Version: ")))
    return (fields["Name"].strip(), fields["Version"].strip()) if len(fields) == 2 else None
