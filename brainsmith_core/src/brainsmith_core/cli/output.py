# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Standard output of a command: a table for people, or JSON and nothing else."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

#: Wide enough that no cell is wrapped when nobody looks at a screen.
_WIDE = 1000

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


@contextmanager
def quiet_stdout(active: bool) -> Iterator[None]:
    """While active, whatever packs print, even from C, goes to standard error."""
    if not active:
        yield
        return
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(saved, 1)
        os.close(saved)


def print_json(value: object) -> None:
    """Print a value as indented JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print a table; where standard output is no terminal, at full width and without ornament."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        # Folded, never cropped: names are there to be copied.
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(_cell, row))
    if console.is_terminal:
        console.print(table)
        return
    # Into a pipe or a file: at full width, and without the blanks that fill a screen.
    plain = Console(highlight=False, width=_WIDE, no_color=True)
    with plain.capture() as capture:
        plain.print(table)
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Print name and value pairs, those without a value left out."""
    for name, value in fields:
        text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        if text and value is not None:
            click.echo(f"{name + ':':<14} {text}")


def count(number: int, noun: str) -> str:
    """A number with its noun, as in ``1 step`` or ``2 steps``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def warn(message: str) -> None:
    """Print a warning to standard error."""
    click.echo(f"warning: {message}", err=True)


def _cell(value: object) -> Any:
    from rich.text import Text

    # Text, so that brackets in names are not taken for markup.
    return Text("" if value is None else str(value))
