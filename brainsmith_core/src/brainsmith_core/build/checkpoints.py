# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: every intermediate model of a build, kept so that it can be looked at and gone on from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from brainsmith_core.blueprint.plan import Plan, PlannedStep
from brainsmith_core.build.operations import describe_step
from brainsmith_core.build.output import STATE_FILE, OutputFolder
from brainsmith_core.build.state import (
    BuildState,
    Checkpoint,
    FinishedStep,
    file_digest,
    identity,
    settings_digest,
)
from brainsmith_core.errors import BrainsmithError, BuildError, OutputError
from brainsmith_core.frameworks import ModelAccess
from brainsmith_core.loading import describe

_FOLDER = "models"


class Checkpoints:
    """The intermediate models in an output folder and the state that says which of them are good.

    ``models/00_input`` is the given model as the framework writes it, ``models/NN_<name>`` what the NN-th
    step made. The state is written after each of them, so that it never names a file that is not whole.
    """

    def __init__(self, folder: OutputFolder, models: ModelAccess, state: BuildState) -> None:
        self._folder = folder
        self._models = models
        self.state = state

    @classmethod
    def begin(cls, folder: OutputFolder, models: ModelAccess, plan: Plan, model_path: Path) -> Checkpoints:
        """Those of a new build, none yet; from here on the folder is a build's."""
        state = BuildState(input_sha256=file_digest(model_path), settings_sha256=settings_digest(plan))
        checkpoints = cls(folder, models, state)
        checkpoints._write_state()
        return checkpoints

    @classmethod
    def reopen(cls, folder: OutputFolder, models: ModelAccess) -> Checkpoints:
        """Those that an earlier build left; raises ``OutputError`` if its state cannot be read."""
        path = folder.path / STATE_FILE
        try:
            state = BuildState.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise OutputError(
                f"is not the state of a build of this version of Brainsmith: {describe(error)}",
                place=str(path),
                remedy="name another folder; the models of the earlier build stay where they are",
            ) from error
        return cls(folder, models, state)

    def check_same_build(self, plan: Plan, model_path: Path, upto: int) -> None:
        """Raise ``OutputError`` unless model, settings and the first ``upto`` steps are the earlier one's."""
        place, elsewhere = str(self._folder.path), "build into another folder"
        if file_digest(model_path) != self.state.input_sha256:
            raise OutputError(
                f"the build here is of another model than {model_path}, or the file has changed since",
                place=place,
                remedy=f"give the model that the build began with, or {elsewhere}",
            )
        if settings_digest(plan) != self.state.settings_sha256:
            raise OutputError(
                "the build here has another target, other kernels or other framework settings",
                place=place,
                remedy=f"put the blueprint back as it was, or {elsewhere}",
            )
        for index, finished in enumerate(self.state.steps[:upto]):
            changes = _changes(finished.identity, identity(plan.steps[index]))
            if changes:
                raise OutputError(
                    f"{describe_step(index, plan.steps[index])} is not what was built here: {changes}",
                    place=place,
                    remedy=f"go on from the change with --start {index + 1}, or {elsewhere}",
                )

    def last_good(self, limit: int) -> int:
        """How many of the first ``limit`` steps need not be repeated: the last one's model is intact."""
        for count in range(min(limit, len(self.state.steps)), 0, -1):
            if self.is_good(count):
                return count
        return 0

    def is_good(self, count: int) -> bool:
        """Whether the model after ``count`` steps is there and as it was written."""
        checkpoint = self.after(count)
        return checkpoint is not None and self.is_whole(checkpoint)

    def is_whole(self, checkpoint: Checkpoint) -> bool:
        """Whether a checkpoint's file is there and as it was written."""
        try:
            return file_digest(self.path(checkpoint)) == checkpoint.sha256
        except OSError:
            return False

    def after(self, count: int) -> Checkpoint | None:
        """The checkpoint after ``count`` steps, the input's for 0; ``None`` if there is none."""
        if count == 0:
            return self.state.input
        return self.state.steps[count - 1].checkpoint if count <= len(self.state.steps) else None

    def path(self, checkpoint: Checkpoint) -> Path:
        """Where a checkpoint's file is."""
        return self._folder.path / checkpoint.file

    def load(self, count: int) -> Any:
        """The model after ``count`` steps, which must be good."""
        checkpoint = self.after(count)
        assert checkpoint is not None
        return self._models.load(self.path(checkpoint))

    def keep(self, count: int, name: str, model: Any) -> Checkpoint:
        """Write the model after ``count`` steps; the state does not name it until ``record`` is called.

        Raises ``OutputError`` if the disk does not take it, ``BuildError`` if the framework cannot write it.
        """
        suffix = (*self._models.suffixes, ".model")[0]
        file = f"{_FOLDER}/{count:02d}_{_file_name(name)}{suffix}"
        try:
            path = self._folder.write(file, lambda part: self._models.save(model, part))
        except BrainsmithError:
            raise
        except Exception as error:
            raise BuildError(
                f"the framework cannot write the model: {describe(error)}",
                place=str(self._folder.path / file),
                remedy="the step before it made a model that is not well-formed; see build.log",
            ) from error
        return Checkpoint(file=file, sha256=file_digest(path), op_counts=dict(self._models.op_counts(model)))

    def record_input(self, model: Any) -> None:
        """Keep the model that the build begins with."""
        self.state = self.state.model_copy(update={"input": self.keep(0, "input", model)})
        self._write_state()

    def record(
        self, index: int, planned: PlannedStep, kept: Checkpoint, seconds: float, difference: float | None
    ) -> FinishedStep:
        """Note that the step at ``index`` is finished and what later steps begin with."""
        step = FinishedStep(
            identity=identity(planned), checkpoint=kept, seconds=seconds, difference=difference
        )
        self.state = self.state.with_step(index, step)
        self._write_state()
        return step

    def _write_state(self) -> None:
        self._folder.write_text(STATE_FILE, self.state.model_dump_json(indent=1) + "\n")


def _changes(before: dict[str, str], now: dict[str, str]) -> str:
    keys = [key for key in {**before, **now} if before.get(key, "") != now.get(key, "")]
    return ", ".join(f"{key} was {before.get(key) or 'none'}, is {now.get(key) or 'none'}" for key in keys)


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name)[:60]
