# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The command ``brainsmith completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell, with names of plugins included.

    \b
    bash   eval "$(brainsmith completion bash)"   in ~/.bashrc
    zsh    eval "$(brainsmith completion zsh)"    in ~/.zshrc
    fish   brainsmith completion fish > ~/.config/fish/completions/brainsmith.fish
    """
    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    root = ctx.find_root().command
    click.echo(script(root, {}, "brainsmith", "_BRAINSMITH_COMPLETE").source())
