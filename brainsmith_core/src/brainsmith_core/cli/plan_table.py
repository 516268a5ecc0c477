# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The plan of a build, printed before anything heavy is imported."""

from __future__ import annotations

import click

from brainsmith_core.blueprint.plan import Plan
from brainsmith_core.cli.output import print_table


def print_plan(plan: Plan) -> None:
    """Print each step with plugin, owner and rule, the kernels with their back ends, and what is left out.

    The last lines are the plan's notes.
    """
    click.echo(f"plan of {plan.name}" + (f": {plan.description}" if plan.description else ""))
    rows = [
        (row.position, row.phase, row.name, row.source, f"{row.distribution} {row.version}".strip(), row.rule)
        for row in plan.as_rows()
    ]
    print_table(("", "phase", "step", "source", "from", "because it is"), rows)
    kernels = [
        (
            kernel.record.name,
            kernel.record.source,
            f"{kernel.record.distribution} {kernel.record.distribution_version}",
            ", ".join(transform.qualified_name for transform in kernel.inference) or "nothing",
            ", ".join(backend.qualified_name for backend in kernel.backends) or "none",
            ", ".join(kernel.missing_backends),
        )
        for kernel in plan.kernels
    ]
    if kernels:
        print_table(("kernel", "source", "from", "inferred by", "back ends", "missing back ends"), kernels)
    for missing in plan.missing:
        click.echo(f"left out: {missing.type} {missing.reference} ({missing.place}): {missing.reason}")
    for note in plan.notes:
        click.echo(f"note: {note}")
