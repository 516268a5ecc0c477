# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The command ``brainsmith build``."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from brainsmith_core import known_packs
from brainsmith_core.cli.environment import listed_manager
from brainsmith_core.errors import BlueprintFault, ModelError

#: What the names of blueprints end in.
_YAML = (".yaml", ".yml")


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "-b", "--blueprint", required=True, type=click.Path(path_type=Path), help="What to do, as YAML."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A new or empty folder.")
@click.option("--verify", metavar="INPUT.npz|random", help="Execute the model before and after each step.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of --verify random.")
@click.option("--rtol", type=float, default=1e-4, show_default=True, help="Relative tolerance of --verify.")
@click.option("--atol", type=float, default=1e-3, show_default=True, help="Absolute tolerance of --verify.")
@click.option(
    "--accuracy",
    type=click.Path(path_type=Path),
    metavar="DATA.npz",
    help="Measure accuracy before and after, on the arrays 'inputs' and 'labels'.",
)
@click.option(
    "--start", default="", metavar="STEP", help="First step: a name, NAME#2 for its second, or a number."
)
@click.option("--stop", default="", metavar="STEP", help="Last step, likewise.")
@click.option("--resume", is_flag=True, help="Go on where an earlier build in the output folder ended.")
@click.option("--dry-run", is_flag=True, help="Print plan and preflight, and build nothing.")
@click.option("--preflight/--no-preflight", default=True, help="Refuse at once what cannot be built.")
@click.option("-q", "--quiet", is_flag=True, help="Print neither plan nor progress.")
def build(
    model: Path,
    blueprint: Path,
    output: Path | None,
    verify: str | None,
    seed: int,
    rtol: float,
    atol: float,
    accuracy: Path | None,
    start: str,
    stop: str,
    resume: bool,
    dry_run: bool,
    preflight: bool,
    quiet: bool,
) -> None:
    """Build MODEL by a blueprint.

    Prints the plan first: each step, which plugin, from which distribution, and why; and what is known of
    the model's nodes before anything runs. Then carries it out,
    keeping the model after every step in OUTPUT/models, and writes OUTPUT/report.html and report.json.
    Interrupted or failed builds keep what they have; --resume goes on.

    \b
    brainsmith build model.onnx -b blueprint.yaml -o out --verify random
    brainsmith build model.onnx -b blueprint.yaml -o out --resume
    brainsmith build model.onnx -b blueprint.yaml --dry-run
    """
    if output is None and not dry_run:
        raise click.UsageError("Missing option '-o' / '--output'.")
    if verify is None:
        _refuse_settings_of_verify()
    _refuse_swapped(model, blueprint, output)
    if not model.exists():
        raise ModelError("there is no such file", place=str(model), remedy="check the path of the model")
    manager = listed_manager()
    plan = manager.plan(blueprint)
    if not quiet:
        from brainsmith_core.cli.plan_table import print_plan

        print_plan(plan)
    if output is None or dry_run:
        from brainsmith_core.cli.dry_run import dry_run as look

        look(manager, plan, model, stop)
        return
    # Imported only now: everything above must be on the screen before anything heavy is loaded.
    from brainsmith_core.build.build import model_access
    from brainsmith_core.build.progress import Progress, progress_on
    from brainsmith_core.build.run import run
    from brainsmith_core.build.verify import Verification

    result = run(
        plan,
        model,
        model_access(manager, model),
        output,
        verification=Verification(verify, seed, rtol, atol) if verify else None,
        labelled_data=accuracy,
        start=start,
        stop=stop,
        resume=resume,
        progress=Progress() if quiet else progress_on(),
        frameworks=manager.frameworks,
        preflight=preflight,
    )
    if result.accuracy_before is not None:
        click.echo(f"accuracy before: {result.accuracy_before}")
    if result.accuracy_after is not None:
        click.echo(f"accuracy after:  {result.accuracy_after}")
    click.echo(f"report: {output / 'report.html'}")


def _refuse_settings_of_verify() -> None:
    context = click.get_current_context()
    given = [
        f"--{name}"
        for name in ("seed", "rtol", "atol")
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if given:
        verb = "has" if len(given) == 1 else "have"
        raise click.UsageError(
            f"{', '.join(given)} {verb} no effect without --verify; give it, or leave them out."
        )


def _refuse_swapped(model: Path, blueprint: Path, output: Path | None) -> None:
    is_blueprint = model.suffix.lower() in _YAML
    is_model = blueprint.suffix.lower() not in _YAML and bool(known_packs.bridges(blueprint.suffix.lower()))
    rest = f" -o {output}" if output else ""
    if is_blueprint:
        fact = f"is a blueprint, and {blueprint} is a model" if is_model else "is a blueprint, not a model"
        remedy = f"brainsmith build {blueprint if is_model else 'MODEL'} -b {model}{rest}"
        raise ModelError(fact, place=str(model), remedy=remedy)
    if is_model:
        remedy = f"brainsmith build {model} -b BLUEPRINT.yaml{rest}"
        raise BlueprintFault("is a model, not a blueprint", place=str(blueprint), remedy=remedy)
