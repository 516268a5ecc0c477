# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The back ends of a kernel, and what decides between them, as ``brainsmith plugins why`` tells it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from brainsmith_core.manager import PluginManager
from brainsmith_core.records import KernelRecord


class BackendAnswer(NamedTuple):
    """Back ends in order with their languages, whose order that is, the missing ones, and the rule."""

    backends: Sequence[tuple[str, str]]
    order: str
    missing: Sequence[str]
    rule: str

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON can hold it."""
        named = [{"plugin": name, "language": language} for name, language in self.backends]
        return {**self._asdict(), "backends": named, "missing": list(self.missing)}


def backend_answer(manager: PluginManager, kernel: KernelRecord, blueprint: Path | None) -> BackendAnswer:
    """What there is for a kernel, in the order of a blueprint if one is given and names the kernel."""
    # Late, because listing plugins needs none of blueprints.
    from brainsmith_core.blueprint.kernels import offered_backends

    adapter = next((each for each in manager.frameworks if each.name == kernel.source), None)
    rule = adapter.backend_rule(kernel) if adapter is not None else ""
    offered = offered_backends(kernel, manager.registry)
    order = "any order"
    missing: Sequence[str] = ()
    for planned in manager.plan(blueprint).kernels if blueprint else ():
        if planned.record.id == kernel.id and planned.is_chosen:
            offered, missing = list(planned.backends), planned.missing_backends
            order = f"the order of {planned.place}"
    named = [(backend.qualified_name, backend.language) for backend in offered]
    return BackendAnswer(named, order, missing, rule)


def print_backends(answer: BackendAnswer) -> None:
    """Print the back ends and the rule below what the kernel's name means."""
    named = ", ".join(f"{name} ({language})" for name, language in answer.backends)
    click.echo(f"  back ends, in {answer.order}: {named or 'none'}")
    if answer.missing:
        click.echo(f"  no installed pack has {', '.join(answer.missing)}")
    for line in answer.rule.splitlines():
        click.echo(f"  {line}")
