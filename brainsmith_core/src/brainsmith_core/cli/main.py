# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The command ``brainsmith``."""

from __future__ import annotations

import os
import sys
import traceback
from errno import EDQUOT, ENOSPC
from importlib import import_module

import click

from brainsmith_core.errors import BrainsmithError, OutputError

#: Each command by the module and attribute that has it, imported only when it is asked for.
COMMANDS = {
    "blueprint": "brainsmith_core.cli.blueprint:blueprint",
    "build": "brainsmith_core.cli.build:build",
    "completion": "brainsmith_core.cli.completion:completion",
    "doctor": "brainsmith_core.cli.doctor:doctor",
    "kernel": "brainsmith_core.cli.kernel:kernel",
    "pack": "brainsmith_core.cli.pack:pack",
    "packs": "brainsmith_core.cli.packs:packs",
    "plugins": "brainsmith_core.cli.plugins:plugins",
}

#: Exit status of an error that is ours and not the user's.
INTERNAL_ERROR = 70
INTERRUPTED = 130


class _LazyGroup(click.Group):
    """A group that imports a command's module only when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from difflib import get_close_matches

        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = get_close_matches(args[0], COMMANDS, n=1)
            if not close:
                raise
            raise click.UsageError(f"{error.message} Did you mean {close[0]!r}?", ctx) from None


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="brainsmith-core", prog_name="brainsmith")
def cli() -> None:
    """Compile quantised neural networks with plugins from any installed pack.

    \b
    brainsmith plugins list              what is installed, by name
    brainsmith blueprint check BP.yaml   every fault of a blueprint, before a build
    brainsmith build M.onnx -b BP.yaml -o OUT   a build, with plan, progress and report
    """


def main() -> None:
    """Run the command line; every expected error ends as one message and an exit status of its own."""
    _open_streams()
    try:
        status = cli.main(standalone_mode=False, prog_name="brainsmith")
    except BrainsmithError as error:
        if error.__cause__ is not None and _debugging():
            traceback.print_exception(error.__cause__)
        status = _fail(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = _fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The reader, such as head(1), has seen enough; Python would complain again on exit.
        _discard_output()
        status = 0
    except OSError as error:
        status = _fail_to_write(error) if error.errno in (ENOSPC, EDQUOT) else _fail_unexpectedly(error)
    except Exception as error:
        status = _fail_unexpectedly(error)
    sys.exit(status)


def _fail(message: str, status: int) -> int:
    click.echo(f"brainsmith: {message}", err=True)
    return status


def _fail_to_write(error: OSError) -> int:
    _discard_output()
    where = error.filename or "what was written"
    full = OutputError(f"{where}: {error.strerror}", remedy="make room there, or write elsewhere")
    return _fail(str(full), full.exit_code)


def _fail_unexpectedly(error: Exception) -> int:
    if _debugging():
        raise error
    remedy = "run again with BRAINSMITH_PLUGIN_DEBUG=1 and report what it prints"
    return _fail(f"unexpected {type(error).__name__}: {error}\n  {remedy}", INTERNAL_ERROR)


def _debugging() -> bool:
    return bool(os.environ.get("BRAINSMITH_PLUGIN_DEBUG"))


def _open_streams() -> None:
    """Give a process that was started with closed streams ones that forget what they are told."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
