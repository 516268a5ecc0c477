# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Build settings: a blueprint's target and ``finn_config`` as FINN's DataflowBuildConfig takes them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from brainsmith_core.blueprint.plan import Target
from brainsmith_core.build.configuration import BuildConfig
from brainsmith_core.errors import BuildError
from brainsmith_core.frameworks import SettingFault
from brainsmith_core.loading import describe
from brainsmith_finn_bridge.build_fields import BuildField, boards, build_fields
from brainsmith_finn_bridge.installation import Installation

_SECTION = "finn_config"
#: How AMD names its devices: family, device, and from the package on what varies (xc7z020clg400-1).
_PART = re.compile(r"x[acq][2-7]?[a-z]{1,3}\d[\w.-]*$", re.IGNORECASE)
#: What a target says, by FINN's field.
_TARGET = {"board": "board", "fpga_part": "part", "synth_clk_period_ns": "clock_ns"}
#: What the runner decides, and where a user does.
_RUNNER = {
    "output_dir": "brainsmith build --output",
    "model_path": "the model that brainsmith build is given",
    "config_path": "the blueprint's own place",
    "steps": "hw_compiler.steps",
    "start_step": "brainsmith build --start",
    "stop_step": "brainsmith build --stop",
    "inject_steps_after": "hw_compiler.steps",
    "inject_steps_before": "hw_compiler.steps",
}
#: For a field that some FINN demands and a blueprint leaves out; the period is finn-plus's default.
_DEMANDED = {"synth_clk_period_ns": 10.0, "generate_outputs": ["estimate_reports"]}


def faults(installation: Installation, target: Target, settings: Mapping[str, Any]) -> Iterator[SettingFault]:
    """What is wrong with a blueprint's target and settings, judged without importing FINN."""
    fields = build_fields(installation)
    known = boards(installation)
    if target.board and known and target.board not in known and not target.part:
        yield SettingFault(
            ("target", "board"),
            f"FINN knows no board {target.board!r}",
            f"{_meant(target.board, known)}; or give 'part' with the name of the FPGA",
        )
    if target.part and not _PART.match(target.part):
        yield SettingFault(
            ("target", "part"),
            f"{target.part!r} is not the name of an AMD FPGA",
            f"{_meant(target.part, set(known.values()))}; or give a 'board'"
            if known
            else "write it as Vivado does",
        )
    for name, value in settings.items() if fields else ():
        fault = _fault(name, value, fields, target)
        if fault:
            yield SettingFault((_SECTION, name), *fault)


def _fault(name: str, value: Any, fields: Mapping[str, BuildField], target: Target) -> tuple[str, str] | None:
    if name not in fields:
        return f"FINN's DataflowBuildConfig has no field {name!r}", _meant(name, set(fields) - set(_RUNNER))
    if name in _RUNNER:
        return f"{name} is not for {_SECTION}", f"leave it out; it is said by {_RUNNER[name]}"
    try:
        fields[name].value(value)
    except ValueError as wanted:
        return f"{name} is {value!r}", f"give {wanted}"
    stated = getattr(target, _TARGET[name]) if name in _TARGET else None
    if stated and stated != value:
        return f"{name} is {value!r}, and target.{_TARGET[name]} is {stated!r}", "leave one of them out"
    return None


def _meant(name: str, known: Collection[str]) -> str:
    names = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), names, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(repr(names[each]) for each in close) + "?"
    return "there are " + ", ".join(sorted(known))


def dataflow_build_config(installation: Installation, config: BuildConfig) -> Any:
    """FINN's own ``cfg`` for its steps; FINN is imported.

    Raises ``BuildError`` for settings that FINN refuses.
    """
    from finn.builder.build_dataflow_config import DataflowBuildConfig

    values = _values(build_fields(installation), config)
    try:
        return DataflowBuildConfig.from_dict(values)
    except Exception as error:
        raise BuildError(
            f"FINN refuses the settings: {describe(error)}",
            place=f"{_SECTION} in {config.blueprint or 'the blueprint'}",
            remedy="brainsmith blueprint check compares them with what FINN's source says",
        ) from error


def _values(fields: Mapping[str, BuildField], config: BuildConfig) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: value for name, value in _DEMANDED.items() if name in fields and fields[name].required
    }
    for name, key in _TARGET.items():
        if getattr(config.target, key):
            values[name] = getattr(config.target, key)
    home = Path(config.blueprint).absolute().parent if config.blueprint else Path.cwd()
    for name, given in config.framework_config.get("finn", {}).items():
        field = fields.get(name)
        try:
            value = given if field is None else field.value(given)
        except ValueError as wanted:
            raise BuildError(f"{name} is {given!r}", place=_SECTION, remedy=f"give {wanted}") from None
        if field is not None and field.is_path and isinstance(value, str) and (home / value).exists():
            # As 'extends' is, a file is named relative to the blueprint.
            value = str(home / value)
        values[name] = value
    return {**values, "output_dir": str(config.output_dir)}
