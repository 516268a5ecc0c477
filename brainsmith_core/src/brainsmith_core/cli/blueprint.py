# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The commands ``brainsmith blueprint …``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from brainsmith_core.blueprint.plan import Plan
from brainsmith_core.cli.environment import listed_manager
from brainsmith_core.cli.output import count, json_option, print_json
from brainsmith_core.errors import BlueprintError, BrainsmithError

file_argument = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def blueprint() -> None:
    """Check a blueprint, see its plan, or get the schema for an editor."""


@blueprint.command()
@file_argument
@json_option
def check(file: Path, as_json: bool) -> None:
    """Tell every fault of the blueprint FILE at once, each with its place and what to do.

    Nothing of the plugins it names is imported. Exit status 0 if there is none, 6 otherwise.
    """
    try:
        plan = _plan(file, as_json)
    except BlueprintError as error:
        if not as_json:
            raise
        print_json([_fault(fault) for fault in error.faults])
        raise click.exceptions.Exit(error.exit_code) from None
    if as_json:
        print_json([])
        return
    missing = sum(len(kernel.missing_backends) for kernel in plan.kernels)
    click.echo(f"{file}: no faults; {count(len(plan.steps), 'step')}, {count(len(plan.kernels), 'kernel')}")
    if plan.missing or missing:
        left_out = f"{count(len(plan.missing), 'optional plugin')} and {count(missing, 'back end')}"
        click.echo(f"  not installed, and left out: {left_out}")
        for optional in plan.missing:
            click.echo(f"    {optional.place}: {optional.type} {optional.reference}")
        for kernel in plan.kernels:
            for backend in kernel.missing_backends:
                click.echo(f"    back end {backend!r} of {kernel.record.qualified_name}")
    for note in plan.notes:
        click.echo(f"  note: {note}")


@blueprint.command()
@file_argument
@json_option
def plan(file: Path, as_json: bool) -> None:
    """Print what a build by the blueprint FILE would use, from whom, and why."""
    from brainsmith_core.cli.plan_table import print_plan

    settled = _plan(file, as_json)
    if as_json:
        print_json(_plan_as_dict(settled))
    else:
        print_plan(settled)


@blueprint.command()
def schema() -> None:
    """Print the JSON Schema of blueprints, for editors that check and complete YAML.

    \b
    brainsmith blueprint schema > blueprint.schema.json
    # first line of a blueprint, for editors with the YAML language server:
    # yaml-language-server: $schema=blueprint.schema.json
    """
    from brainsmith_core.blueprint.schema import json_schema

    print_json(json_schema())


def _plan(file: Path, as_json: bool) -> Plan:
    return listed_manager(as_json).plan(file)


def _fault(fault: BrainsmithError) -> dict[str, str]:
    return {"place": fault.place, "fact": fault.fact, "remedy": fault.remedy}


def _plan_as_dict(settled: Plan) -> dict[str, Any]:
    return {
        "name": settled.name,
        "description": settled.description,
        "blueprint": settled.blueprint,
        "target": vars(settled.target),
        "steps": [row._asdict() for row in settled.as_rows()],
        "kernels": [
            {
                "name": kernel.record.name,
                "source": kernel.record.source,
                "distribution": kernel.record.distribution,
                "version": kernel.record.distribution_version,
                "rule": kernel.rule,
                "backends": [backend.qualified_name for backend in kernel.backends],
                "missing_backends": list(kernel.missing_backends),
                "inference": [transform.qualified_name for transform in kernel.inference],
            }
            for kernel in settled.kernels
        ],
        "missing": [vars(missing) for missing in settled.missing],
        "notes": list(settled.notes),
    }
