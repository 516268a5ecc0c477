# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The command-line reference: makes ``cli.md`` beside this file from the commands themselves.

Run ``python docs/generate_cli.py`` after a change of a command.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from brainsmith_core.cli.main import cli

PAGE = Path(__file__).parent / "cli.md"
HEAD = """\
# Command line

<!-- Made by docs/generate_cli.py from the commands; edit their help instead. -->

Every expected error is one message on standard error, made of place, fact and remedy, and an
[exit status](python.md#errors) of its own. `--json` prints a list of objects, or one object, and nothing else
on standard output; warnings go to standard error. `-h` or `--help` after any command prints what stands here.
"""


def page() -> str:
    """The whole page, as Markdown."""
    # With the settings, since click keeps in each command the names of its help option.
    context = click.Context(cli, info_name="brainsmith", **cli.context_settings)
    return "\n".join([HEAD, *_sections(cli, context)])


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield from _sections(child, click.Context(child, parent=context, info_name=name))
    else:
        yield _section(command, context)


def _section(command: click.Command, context: click.Context) -> str:
    arguments = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    words = [
        context.command_path,
        *(["[OPTIONS]"] if options else []),
        *(_argument(each) for each in arguments),
    ]
    parts = [f"## `{context.command_path}`\n", f"```text\n{' '.join(words)}\n```\n", *_help(command)]
    if options:
        rows = [f"| {_words(option)} | {_meaning(option)} |" for option in options]
        parts.append("\n".join(["| Option | What it does |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _argument(argument: click.Argument) -> str:
    name = (argument.name or "").upper()
    if isinstance(argument.type, click.Choice):
        name = "{" + "|".join(map(str, argument.type.choices)) + "}"
    return name if argument.required else f"[{name}]"


def _help(command: click.Command) -> Iterator[str]:
    """The paragraphs of a command's help; those after ``\\b`` are lines to be kept as they are."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(command.help or "")):
        if paragraph.startswith("\b"):
            yield f"```text\n{paragraph.removeprefix(chr(8)).strip()}\n```\n"
        else:
            yield " ".join(paragraph.split()) + "\n"


def _words(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    if option.is_flag:
        return names
    if isinstance(option.type, click.Choice):
        kind = "one of " + ", ".join(f"`{choice}`" for choice in option.type.choices)
    else:
        kind = f"`{option.metavar or option.type.name.upper()}`".replace("|", "\\|")
    return f"{names} {kind}"


def _meaning(option: click.Option) -> str:
    words = [option.help or "", "Required." if option.required else ""]
    if option.show_default:
        words.append(f"Default: `{option.default}`.")
    return " ".join(word for word in words if word)


def main() -> None:
    """Write the page whole, then put it in its place."""
    part = PAGE.with_suffix(".part")
    part.write_text(page(), encoding="utf-8")
    part.replace(PAGE)


if __name__ == "__main__":
    main()
