# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The preflight of a build that is not carried out, as ``brainsmith build --dry-run`` prints it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from brainsmith_core.blueprint.plan import Plan
from brainsmith_core.build.build import model_access
from brainsmith_core.build.preflight import look_ahead, refuse, summary
from brainsmith_core.build.selection import select
from brainsmith_core.cli.output import print_table
from brainsmith_core.manager import PluginManager
from brainsmith_core.preflight import Preflight


def dry_run(manager: PluginManager, plan: Plan, model: Path, stop: str) -> None:
    """Print what becomes of each node of the model, as far as it is known; nothing is written.

    Raises ``BuildError`` for a build that must fail, after the table.
    """
    selected = select(plan.steps, stop=stop, frameworks=manager.frameworks)
    found = look_ahead(plan, model_access(manager, model).load(model), manager.frameworks, selected.stop)
    print_preflight(found)
    refuse(found, str(model))


def print_preflight(found: Mapping[str, Preflight]) -> None:
    """A table of the nodes for each framework, and how many have which fate."""
    for preflight in found.values():
        rows = [
            (node.node, node.op_type, node.fate, node.kernel, ", ".join(node.backends), node.reason)
            for node in preflight.nodes
        ]
        print_table(("node", "op type", "becomes", "kernel", "back ends", "because"), rows)
    for line in summary(found):
        click.echo(line)
    if not found:
        click.echo("no framework of the plan can say beforehand what becomes of the model's nodes")
