# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The commands ``brainsmith pack …``."""

from __future__ import annotations

from pathlib import Path

import click

from brainsmith_core.cli.environment import listed_manager
from brainsmith_core.scaffold.names import pack_names
from brainsmith_core.scaffold.template import choose_template, render_pack


@click.group()
def pack() -> None:
    """Begin a pack of your own."""


@pack.command("new")
@click.argument("name")
@click.option("--kernel", default="Scale", show_default=True, help="The name of the pack's first kernel.")
@click.option(
    "--source",
    default="",
    metavar="NAME",
    help="The source name; by default NAME in lower case, with underscores, "
    "without -kernels, -kernel or -pack at its end.",
)
@click.option(
    "--template", default="", metavar="SOURCE", help="Whose template, where several packs have one."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A new or empty folder; by default ./NAME."
)
def new_command(name: str, kernel: str, source: str, template: str, output: Path | None) -> None:
    """Write a new pack, to be installed as NAME, with a kernel that works.

    The kernel has a specification, a custom op, an inference transform, hardware in C++ and SystemVerilog,
    costs and tests. Make it yours from there.

    \b
    brainsmith pack new acme-kernels
    brainsmith pack new acme-kernels --kernel Requantise --output work/acme
    """
    names = pack_names(name, kernel, source)
    taken = _sources_with(names.kernel)
    folder = output or Path(names.distribution)
    written = render_pack(choose_template(template), names, folder)
    reference = f"{names.source}:{names.kernel}"
    click.echo(f"{names.distribution}: {len(written)} files in {folder}")
    if taken:
        has = f"{' and '.join(taken)} {'have' if len(taken) > 1 else 'has'} a kernel {names.kernel}"
        click.echo(f"note: {has}, so the bare name will be ambiguous: write {reference}")
    click.echo("next:")
    for line in (
        f"cd {folder}",
        "pip install -e '.[test]'",
        f"brainsmith plugins list --source {names.source}",
        f"brainsmith kernel simulate {reference} --backend rtl",
        "pytest",
    ):
        click.echo(f"  {line}")


def _sources_with(kernel: str) -> list[str]:
    """The sources of installed packs that register a kernel of that name, each once."""
    found = listed_manager(strict=False).unchecked_registry.candidates("kernel", kernel)
    return list(dict.fromkeys(record.source for record in found if record.registered))
