# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The commands ``brainsmith packs …``."""

from __future__ import annotations

import click

from brainsmith_core.cli.environment import listed_manager
from brainsmith_core.cli.output import count, json_option, print_json, print_table


@click.group()
def packs() -> None:
    """See which packs are installed, and what is wrong with those that fail."""


@packs.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the installed packs: status, what each one gives, and why a failed one failed."""
    manager = listed_manager(as_json)
    if as_json:
        print_json([pack.as_dict() for pack in manager.packs])
        return
    rows = []
    for pack in manager.packs:
        said = pack.as_dict()
        gives = ", ".join(count(number, type_) for type_, number in said["plugins"].items())
        rows.append(
            (pack.ref.source, pack.ref.distribution, pack.ref.version, pack.status, gives, said["reason"])
        )
    print_table(("source", "distribution", "version", "status", "gives", "reason"), rows)
