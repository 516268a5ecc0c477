# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The commands ``brainsmith kernel …``."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import click

from brainsmith_core.blueprint.kernels import offered_backends
from brainsmith_core.cli.blame import blaming
from brainsmith_core.cli.environment import listed_manager
from brainsmith_core.cli.output import json_option, print_fields, print_json, quiet_stdout
from brainsmith_core.errors import HardwareError, OutputError, PluginNotFoundError
from brainsmith_core.hardware import Resources, Simulation, check_backend
from brainsmith_core.records import BackendRecord, KernelRecord
from brainsmith_core.registry import Registry


def _options(default_backend: str) -> Callable[[Any], Any]:
    """What both commands take: the kernel, its back end and its parameters."""

    def decorate(command: Any) -> Any:
        for option in (
            json_option,
            click.option(
                "-o",
                "--output",
                type=click.Path(path_type=Path),
                help="Keep the generated files in this new or empty folder.",
            ),
            click.option(
                "--set",
                "given",
                multiple=True,
                metavar="NAME=VALUE",
                help="A parameter of the kernel, such as simd=8; may be given several times.",
            ),
            click.option(
                "--backend",
                default=default_backend,
                show_default=True,
                metavar="LANGUAGE|NAME",
                help="hls, rtl, or the name of a back end.",
            ),
            click.argument("name"),
        ):
            command = option(command)
        return command

    return decorate


@click.group()
def kernel() -> None:
    """Simulate and synthesise the hardware of a kernel, with tools that anyone can install."""


@kernel.command("simulate")
@_options("rtl")
@click.option(
    "--rows", default=1000, show_default=True, help="Rows of input: the worst ones, then random ones."
)
@click.option(
    "--stall", default=0.0, show_default=True, help="Share of cycles in which a stream stands still."
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Of the random rows and stalls.",
)
def simulate_command(
    name: str,
    backend: str,
    given: tuple[str, ...],
    output: Path | None,
    as_json: bool,
    rows: int,
    stall: float,
    seed: int,
) -> None:
    """Simulate the back end of kernel NAME, and compare each value with the kernel's specification.

    Ends with status 0 only if all are equal and, without stalls, the cycles are those of the cost formula.
    Parameters that are not given take the kernel's defaults, which are printed.

    \b
    brainsmith kernel simulate Softmax --backend hls
    brainsmith kernel simulate LayerNorm --set size=384 --set simd=8 --stall 0.3
    """
    record, cls, parameters = _prepare(name, backend, given, "simulate", as_json)
    with _folder(output, record) as folder, quiet_stdout(as_json), blaming(record):
        result = cls.simulate(parameters, rows=rows, stall=stall, seed=seed, folder=folder)
        _check_result(result, Simulation, "simulate")
    if as_json:
        print_json({"backend": record.id, **result.as_dict()})
    else:
        print_fields(_simulated(record, result))
    if result.faults:
        raise HardwareError(
            f"{record.qualified_name} is not its specification: {'; '.join(result.faults)}",
            remedy=f"report it to the authors of {record.distribution}" if record.distribution else "",
        )


@kernel.command("synthesize")
@_options("rtl")
@click.option("--family", default="xc7", show_default=True, help="Device family: xc7 (Zynq-7000) or xcup.")
def synthesize_command(
    name: str, backend: str, given: tuple[str, ...], output: Path | None, as_json: bool, family: str
) -> None:
    """Synthesise the back end of kernel NAME, and count LUT, FF, DSP and block RAM.

    The numbers are those of an open tool, named with its version; they say nothing about timing.

    \b
    brainsmith kernel synthesize Softmax --set size=384 --set simd=8 --family xcup
    """
    record, cls, parameters = _prepare(name, backend, given, "synthesize", as_json)
    with _folder(output, record) as folder, quiet_stdout(as_json), blaming(record):
        result = cls.synthesize(parameters, family=family, folder=folder)
        _check_result(result, Resources, "synthesize")
        said = {"backend": record.id, "parameters": parameters.as_dict(), **result.as_dict()}
    if as_json:
        print_json(said)
        return
    print_fields((field, json.dumps(v) if isinstance(v, dict) else v) for field, v in said.items())


def _simulated(record: BackendRecord, result: Simulation) -> Iterator[tuple[str, object]]:
    yield "backend", record.id
    yield "parameters", ", ".join(f"{field}={value}" for field, value in result.parameters.items())
    yield "tool", result.tool
    yield "rows", f"{result.rows} at {result.stall:.0%} stalls"
    yield "values", f"{result.values}, of which {result.mismatches} differ from the specification"
    if result.cycles is not None:
        yield "cycles", f"{result.cycles}; by the formula {result.expected_cycles} without stalls"
    if result.max_error is not None:
        yield "error", f"{result.max_error:.9f} of the last place, at most, from the real function"


def _prepare(
    name: str, backend: str, given: tuple[str, ...], method: str, as_json: bool
) -> tuple[BackendRecord, Any, Any]:
    registry = listed_manager(as_json).registry
    record = find_backend(registry, name, backend)
    with quiet_stdout(as_json):
        cls = registry.load(record)
        check_backend(cls, record.qualified_name, method)
        with blaming(record):
            return record, cls, cls.parse(_parameters(given))


def _check_result(result: object, wanted: type, method: str) -> None:
    if not isinstance(result, wanted):
        raise TypeError(f"{method} returned {result!r:.80}, which is no {wanted.__name__}")


def find_backend(registry: Registry, name: str, backend: str) -> BackendRecord:
    """The back end of a kernel by its language or its name; the kernel's own pack goes first.

    Raises ``PluginNotFoundError`` with the back ends that there are, and what resolving the kernel raises.
    """
    kernel = registry.resolve("kernel", name).record
    offered = offered_backends(cast("KernelRecord", kernel), registry)
    source, _, wanted = backend.rpartition(":")
    for record in offered:
        if wanted in (record.name, record.language) and source in ("", record.source):
            return record
    names = ", ".join(f"{record.name} ({record.language})" for record in offered)
    remedy = f"choose one of {names}" if names else "no installed pack has any back end of it"
    raise PluginNotFoundError(f"{kernel.qualified_name} has no back end {backend!r}", remedy=remedy)


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    parameters = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{word!r} is not NAME=VALUE", param_hint="--set")
        parameters[name.strip()] = value.strip()
    return parameters


@contextmanager
def _folder(output: Path | None, record: BackendRecord) -> Iterator[Path]:
    if output is None:
        with tempfile.TemporaryDirectory(prefix="brainsmith-") as name:
            folder = Path(name).resolve()
            try:
                yield folder
            except HardwareError as error:
                if Path(error.place).is_relative_to(folder):
                    # It will be gone when the message is read.
                    error.place = record.qualified_name
                    keep = "--output FOLDER keeps the generated files"
                    error.remedy = f"{error.remedy}; {keep}" if error.remedy else keep
                raise
        return
    try:
        output.mkdir(parents=True, exist_ok=True)
        occupied = any(output.iterdir())
    except OSError as error:
        raise OutputError(
            f"the folder cannot be made: {error.strerror}",
            place=str(output),
            remedy="choose another --output",
        ) from None
    if occupied:
        raise OutputError("the folder is not empty", place=str(output), remedy="choose a new --output")
    yield output.resolve()
