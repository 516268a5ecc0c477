# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The state of a build: what ``build.json`` keeps, enough to go on from and to report from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import CodeType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from brainsmith_core.blueprint.plan import Plan, PlannedStep


class Stored(BaseModel):
    """Base of everything in the state: immutable, and strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Checkpoint(Stored):
    """An intermediate model: its file in the output folder, that file's digest, and what the graph has."""

    file: str
    sha256: str
    op_counts: dict[str, int]


class FinishedStep(Stored):
    """A step that was carried out: what it was, the model that it made, and how long it took.

    ``difference`` is the largest absolute change of an output, ``None`` if the step was not verified.
    """

    identity: dict[str, str]
    checkpoint: Checkpoint
    seconds: float
    difference: float | None = None


class BuildState(Stored):
    """A build so far: the digests of its input and settings, and the steps that are finished, in order."""

    version: Literal[1] = 1
    input_sha256: str
    settings_sha256: str
    input: Checkpoint | None = None
    steps: tuple[FinishedStep, ...] = ()

    def with_step(self, index: int, step: FinishedStep) -> BuildState:
        """The state after the step at ``index``; whatever an earlier build had from there on is dropped."""
        return self.model_copy(update={"steps": (*self.steps[:index], step)})


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def settings_digest(plan: Plan) -> str:
    """A digest of what a plan tells every step: target, kernels with their back ends, framework sections."""
    settings = {
        "target": [plan.target.board, plan.target.part, plan.target.clock_ns],
        "kernels": [
            [kernel.record.id, kernel.is_chosen, *(backend.id for backend in kernel.backends)]
            for kernel in plan.kernels
        ],
        "framework_config": {name: dict(section) for name, section in plan.framework_config.items()},
    }
    return _digest(json.dumps(settings, sort_keys=True, default=repr))


def identity(planned: PlannedStep) -> dict[str, str]:
    """What makes two planned steps the same: name, plugin and its distribution, or a function's code."""
    if planned.record is not None:
        record = planned.record
        return {
            "name": planned.name,
            "plugin": record.id,
            "target": record.target,
            "distribution": record.distribution,
            "version": record.distribution_version,
        }
    function = planned.function
    module, name = getattr(function, "__module__", ""), getattr(function, "__qualname__", "")
    code = getattr(function, "__code__", None)
    return {
        "name": planned.name,
        "function": f"{module}:{name}",
        "code": _digest(_code_text(code)) if code is not None else "",
    }


def _code_text(code: CodeType) -> str:
    # Not marshal.dumps: that holds line numbers, and an edit above a function does not change it.
    return repr((code.co_code, code.co_names, [_constant_text(constant) for constant in code.co_consts]))


def _constant_text(constant: Any) -> str:
    if isinstance(constant, CodeType):
        return _code_text(constant)
    if isinstance(constant, frozenset):
        return repr(sorted(map(repr, constant)))
    return repr(constant)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
