# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The commands ``brainsmith plugins …``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from brainsmith_core.cli.backends import backend_answer, print_backends
from brainsmith_core.cli.environment import listed_manager
from brainsmith_core.cli.output import count, json_option, print_fields, print_json, print_table, warn
from brainsmith_core.errors import AmbiguousPluginError, PluginNotFoundError
from brainsmith_core.manager import PluginManager
from brainsmith_core.records import RECORD_CLASSES, TYPES, KernelRecord, Record
from brainsmith_core.registry import Resolution


def _complete_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from brainsmith_core.manager import get_registry

    return sorted(name for name in get_registry().references() if name.startswith(incomplete))


type_option = click.option("--type", "type_", type=click.Choice(list(RECORD_CLASSES)), help="Only this type.")
name_argument = click.argument("name", shell_complete=_complete_names)


@click.group()
def plugins() -> None:
    """See which plugins there are, what they are, and why a name means which."""


@plugins.command("list")
@type_option
@click.option("--source", help="Only plugins of this source, such as 'brainsmith'.")
@click.option("--stage", help="Only plugins of this stage.")
@click.option(
    "--available/--unavailable", default=None, help="Only those that can, or cannot, be loaded here."
)
@json_option
def list_command(
    type_: str | None, source: str | None, stage: str | None, available: bool | None, as_json: bool
) -> None:
    """List plugins of all installed packs; nothing of their frameworks is imported.

    A plugin that cannot be loaded here stays in the list, with what is missing.
    """
    manager = listed_manager(as_json)
    wanted = {"source": source, "stage": stage, "available": available}
    fields = {field: value for field, value in wanted.items() if value is not None}
    if source and source not in manager.sources:
        warn(f"no installed pack has the source name {source!r}; there are {', '.join(manager.sources)}")
    records = manager.registry.find(type_, **fields)
    if as_json:
        print_json([record.as_dict() for record in records])
        return
    columns = ("type", "name", "source", "distribution", "version", "stage", "description")
    print_table(columns, [_row(record) for record in records])
    counts = ", ".join(
        count(len(manager.registry.find(t, **fields)), t) for t in ([type_] if type_ else TYPES)
    )
    click.echo(f"{counts}  (brainsmith plugins show NAME tells more)")


def _row(record: Record) -> Sequence[str]:
    note = f"unavailable: {record.unavailable}" if record.unavailable else record.description
    if not record.registered:
        note = f"(not registered) {note}"
    shown = note if len(note) <= 90 else note[:89] + "…"
    owner = (record.distribution, record.version)
    return (record.type, record.name, record.source, *owner, record.stage, shown)


@plugins.command("show")
@name_argument
@type_option
@json_option
def show_command(name: str, type_: str | None, as_json: bool) -> None:
    """Show everything known about the plugins called NAME, without importing them.

    NAME is `name`, `source:name` or `type:source:name`.
    """
    manager = listed_manager(as_json)
    records = _candidates(manager, name, type_)
    if as_json:
        print_json([record.as_dict() for record in records])
        return
    for position, record in enumerate(records):
        if position:
            click.echo()
        print_fields(_fields(record))


def _fields(record: Record) -> list[tuple[str, object]]:
    shown: list[tuple[str, object]] = [("id", record.id)]
    skipped = {"type", "source", "name", "distribution_version", "registered", "available"}
    for field, value in record.as_dict().items():
        if field == "distribution":
            shown.append((field, f"{record.distribution} {record.distribution_version}"))
        elif field not in skipped and value:
            shown.append((field, value))
    shown.append(("registered", "yes" if record.registered else "no: import it, or write its source"))
    shown.append(("available", "yes" if record.available else "no"))
    return shown


@plugins.command("why")
@name_argument
@type_option
@click.option(
    "-b", "--blueprint", type=click.Path(path_type=Path), help="Say which back ends this blueprint wants."
)
@json_option
def why_command(name: str, type_: str | None, blueprint: Path | None, as_json: bool) -> None:
    """Say which plugin NAME means, by which rule, and which others it was chosen over.

    Of a kernel, also which back ends there are and what decides between them.
    """
    manager = listed_manager(as_json)
    reference, type_ = _split(name, type_)
    types = sorted({record.type for record in _candidates(manager, name, type_)} & set(TYPES))
    answers = [(t, _resolution(manager, t, reference)) for t in types]
    if as_json:
        said = [_why(t, reference, answer) for t, answer in answers]
        for each, (_, answer) in zip(said, answers, strict=True):
            if isinstance(answer, Resolution) and isinstance(answer.record, KernelRecord):
                each["backends"] = backend_answer(manager, answer.record, blueprint).as_dict()
        print_json(said)
        return
    for t, answer in answers:
        if isinstance(answer, AmbiguousPluginError):
            click.echo(f"{t} {reference}: ambiguous: {answer.fact}")
            click.echo(f"  candidates: {', '.join(answer.candidates)}\n  {answer.remedy}")
            continue
        if isinstance(answer, PluginNotFoundError):
            click.echo(f"{t} {reference}: {answer.fact}\n  {answer.remedy}")
            continue
        record = answer.record
        owner = f"{record.distribution} {record.distribution_version}"
        click.echo(f"{t} {reference} is {record.qualified_name} ({owner}, {record.target or 'a set'})")
        click.echo(
            f"  because it is {answer.rule}" if answer.rule[:6] != "source" else f"  because {answer.rule}"
        )
        for shadowed in answer.shadowed:
            click.echo(f"  chosen over {shadowed.qualified_name} ({shadowed.target})")
        if isinstance(record, KernelRecord):
            print_backends(backend_answer(manager, record, blueprint))


def _resolution(
    manager: PluginManager, type_: str, reference: str
) -> Resolution | AmbiguousPluginError | PluginNotFoundError:
    try:
        return manager.registry.resolve(type_, reference)
    except (AmbiguousPluginError, PluginNotFoundError) as error:
        return error


def _why(
    type_: str, reference: str, answer: Resolution | AmbiguousPluginError | PluginNotFoundError
) -> dict[str, object]:
    said: dict[str, object] = {"type": type_, "reference": reference}
    if isinstance(answer, AmbiguousPluginError):
        return said | {"status": "ambiguous", "candidates": list(answer.candidates), "remedy": answer.remedy}
    if isinstance(answer, PluginNotFoundError):
        return said | {"status": "not found", "fact": answer.fact, "remedy": answer.remedy}
    shadowed = [record.as_dict() for record in answer.shadowed]
    return said | {
        "status": "found",
        "plugin": answer.record.as_dict(),
        "rule": answer.rule,
        "shadowed": shadowed,
    }


def _split(name: str, type_: str | None) -> tuple[str, str | None]:
    head, colon, rest = name.partition(":")
    return (rest, head) if colon and head in RECORD_CLASSES else (name, type_)


def _candidates(manager: PluginManager, name: str, type_: str | None) -> list[Record]:
    reference, type_ = _split(name, type_)
    found = [
        record
        for each in ([type_] if type_ else RECORD_CLASSES)
        for record in manager.registry.candidates(each, reference)
    ]
    if not found:
        raise _miss(manager, reference, type_)
    return found


def _miss(manager: PluginManager, reference: str, type_: str | None) -> Exception:
    """The registry's words for a name that nothing has; without a type, of the type with the closest name."""
    from difflib import get_close_matches

    types = {record.name.lower(): record.type for record in manager.registry if record.type in TYPES}
    closest = get_close_matches(reference.rpartition(":")[2].lower(), types, n=1)
    wanted = type_ or (types[closest[0]] if closest else TYPES[0])
    error = _resolution(manager, wanted, reference)
    assert isinstance(error, Exception)
    return error
