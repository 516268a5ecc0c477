# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The run: a plan carried out on a model, in an output folder that keeps every step's result."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from brainsmith_core.blueprint.plan import Plan
from brainsmith_core.build.accuracy import Accuracy, LabelledData, measure_accuracy
from brainsmith_core.build.checkpoints import Checkpoints
from brainsmith_core.build.configuration import BuildConfig
from brainsmith_core.build.execution import executing
from brainsmith_core.build.log import build_log
from brainsmith_core.build.operations import Operation, describe_step, load_operations
from brainsmith_core.build.output import OutputFolder, hold
from brainsmith_core.build.preflight import look_ahead, refuse
from brainsmith_core.build.progress import Progress
from brainsmith_core.build.report import REPORT_FILE, Facts, write_report
from brainsmith_core.build.selection import select
from brainsmith_core.build.state import FinishedStep
from brainsmith_core.build.verify import Verification, Verifier
from brainsmith_core.errors import BrainsmithError, BuildError, OutputError
from brainsmith_core.frameworks import FrameworkAdapter, ModelAccess

_logger = logging.getLogger("brainsmith.build")


@dataclass(frozen=True)
class BuildResult:
    """What a build gave: the last model, the folder with all else, and what ``report.json`` holds."""

    model: Any
    output_dir: Path
    report: dict[str, Any]
    accuracy_before: Accuracy | None = None
    accuracy_after: Accuracy | None = None


def run(
    plan: Plan,
    model_path: Path,
    models: ModelAccess,
    output_dir: Path,
    *,
    verification: Verification | None = None,
    labelled_data: Path | None = None,
    start: str = "",
    stop: str = "",
    resume: bool = False,
    progress: Progress | None = None,
    frameworks: Sequence[FrameworkAdapter] = (),
    preflight: bool = True,
) -> BuildResult:
    """Carry out a plan on the model in a file and write checkpoints, log and report into a folder.

    ``start`` and ``stop`` name the first and last step to carry out; a start needs what an earlier build left
    before it. ``resume`` goes on where an earlier build of the same plan and model ended, if there is one.
    ``verification`` compares outputs before and after each step; ``labelled_data`` is an .npz file on which
    the accuracy is measured before and after. ``frameworks`` say what surrounds steps of their own, how to
    execute a model between steps, and what their steps reported. With ``preflight`` they are asked first
    whether the build can succeed at all.

    Raises ``ModelError`` for a model that cannot be read, ``BuildError`` for one that the preflight refuses,
    ``PluginLoadError`` for a plugin that cannot be imported, all before anything is written;
    ``OutputError`` for a folder that is not the build's to write to; ``VerificationError`` and other
    ``BuildError`` for a step that goes wrong. What was finished by then, or by a ``KeyboardInterrupt``, is
    kept and can be gone on from; the report tells how far that is.
    """
    if start and resume:
        raise BuildError(
            "--start and --resume were both given", remedy="--resume finds out itself where to go on"
        )
    if verification is not None:
        verification.check_settings()
    selected = select(plan.steps, start, stop, frameworks)
    given = models.load(model_path)
    data = LabelledData.read(labelled_data) if labelled_data else None
    progress = progress or Progress()
    found = look_ahead(plan, given, frameworks, selected.stop) if preflight else {}
    progress.preflight(found)
    refuse(found, str(model_path))
    with hold(output_dir, continuing=resume or bool(start)) as folder:
        progress.build_started(plan, folder.path)
        checkpoints = _reopened(folder, models, plan, model_path, selected, resume)
        first = _first(checkpoints, selected, bool(start), resume, progress)
        if checkpoints is not None and verification is not None:
            _note_unverified(checkpoints.state.steps[:first], progress)
        operations = load_operations(plan.steps, range(first, selected.stop), frameworks)
        checkpoints = checkpoints or Checkpoints.begin(folder, models, plan, model_path)
        facts = Facts(plan, model_path, selected, verification, preflight=found)
        with build_log(folder.path / "build.log", progress.note):
            try:
                run_ = _Run(models, folder, checkpoints, progress, facts, frameworks)
                return run_.carry_out(given, operations, data)
            finally:
                progress.build_stopped()


def _reopened(
    folder: OutputFolder, models: ModelAccess, plan: Plan, model_path: Path, selected: range, resume: bool
) -> Checkpoints | None:
    if not folder.has_build:
        if selected.start:
            raise OutputError(
                f"holds no build, so there is no model to begin step {selected.start + 1} with",
                place=str(folder.path),
                remedy="build from the first step: leave out --start",
            )
        return None
    checkpoints = Checkpoints.reopen(folder, models)
    checkpoints.check_same_build(plan, model_path, selected.stop if resume else selected.start)
    return checkpoints


def _first(
    checkpoints: Checkpoints | None, selected: range, started: bool, resumed: bool, progress: Progress
) -> int:
    """The index of the first step to carry out."""
    if checkpoints is None:
        if resumed:
            progress.note("there is no earlier build to go on with, so this one begins with the first step")
        return 0
    if started:
        if selected.start and not checkpoints.is_good(selected.start):
            kept = checkpoints.after(selected.start)
            raise OutputError(
                f"the model after step {selected.start} is {'not intact' if kept else 'not built yet'}",
                place=str(checkpoints.path(kept)) if kept else f"--start {selected.start + 1}",
                remedy="go on with --resume, which repeats what has to be repeated",
            )
        return selected.start
    finished = min(selected.stop, len(checkpoints.state.steps))
    good = checkpoints.last_good(finished)
    for checkpoint in map(checkpoints.after, range(good)):
        if checkpoint is not None and not checkpoints.is_whole(checkpoint):
            progress.note(f"{checkpoint.file} is missing or damaged; what came after it is whole")
    for step in checkpoints.state.steps[good:finished]:
        progress.note(f"{step.checkpoint.file} is missing or damaged, so its step is repeated")
    if good == selected.stop:
        progress.note("every step is finished already; nothing is repeated")
    elif good:
        progress.note(f"going on after step {good}")
    return good


def _note_unverified(finished: Sequence[FinishedStep], progress: Progress) -> None:
    unverified = [str(number) for number, step in enumerate(finished, 1) if step.difference is None]
    if unverified:
        progress.note(
            f"finished steps are not verified again, and {', '.join(unverified)} were built without "
            "--verify; build into another folder to verify them"
        )


@dataclass
class _Run:
    models: ModelAccess
    folder: OutputFolder
    checkpoints: Checkpoints
    progress: Progress
    facts: Facts
    frameworks: Sequence[FrameworkAdapter] = ()
    began: float = field(default_factory=time.perf_counter)

    def carry_out(self, given: Any, operations: list[Operation], data: LabelledData | None) -> BuildResult:
        facts = self.facts
        try:
            if not self.checkpoints.is_good(0):
                self.checkpoints.record_input(given)
            facts.accuracy_before = self._accuracy(given, data, "given model")
            model = self._apply_all(given, operations)
            facts.accuracy_after = self._accuracy(model, data, "built model")
        except (BrainsmithError, KeyboardInterrupt) as error:
            facts.interrupted = isinstance(error, KeyboardInterrupt)
            facts.failure = self._interruption() if facts.interrupted else str(error)
            with suppress(OutputError):
                self._report()
            raise
        # A run that repeats and measures nothing has nothing to say that the earlier report does not.
        report = None if operations or data else self._kept_report()
        report = report or self._report()
        self.progress.build_finished(self.folder.path, facts.seconds)
        return BuildResult(model, self.folder.path, report, facts.accuracy_before, facts.accuracy_after)

    def _apply_all(self, given: Any, operations: list[Operation]) -> Any:
        first = operations[0].index if operations else self.facts.selected.stop
        model = self.checkpoints.load(first) if first else given
        verification = self.facts.verification
        verifier = None
        if verification and operations:
            verifier = Verifier(verification, self.models, self._executable(model, "before the first step"))
        for operation in operations:
            model = self._apply(operation, model, verifier)
        return model

    def _interruption(self) -> str:
        """Note where the build was interrupted, and return that."""
        plan, index = self.facts.plan, self.facts.under_way
        place = f" in {describe_step(index, plan.steps[index])}" if index is not None else ""
        _logger.warning("interrupted%s", place)
        self.progress.build_stopped()
        self.progress.note(f"interrupted{place}; go on with --resume")
        return f"interrupted{place}\n  go on with --resume"

    def _apply(self, operation: Operation, model: Any, verifier: Verifier | None) -> Any:
        plan, index = self.facts.plan, operation.index
        self.facts.under_way = index
        nodes_before = sum(self.models.op_counts(model).values())
        self.progress.step_started(index, len(plan.steps), operation.planned)
        _logger.info("%s begins", operation.place)
        began = time.perf_counter()
        model = operation.apply(model, self._config(), self.models)
        seconds = time.perf_counter() - began
        kept = self.checkpoints.keep(index + 1, operation.planned.name, model)
        difference = None
        if verifier is not None:
            executable = self._executable(model, operation.place)
            difference = verifier.check(executable, operation.place, self.checkpoints.path(kept))
        finished = self.checkpoints.record(index, operation.planned, kept, seconds, difference)
        _logger.info("%s took %.3f s", operation.place, seconds)
        self.facts.under_way = None
        self.progress.step_finished(index, len(plan.steps), finished, nodes_before)
        return model

    def _accuracy(self, model: Any, data: LabelledData | None, what: str) -> Accuracy | None:
        if data is None:
            return None
        total = len(data.labels)
        executable = self._executable(model, what)
        return measure_accuracy(
            self.models, executable, data, lambda done: self.progress.evaluating(what, done, total)
        )

    def _config(self) -> BuildConfig:
        plan = self.facts.plan
        return BuildConfig(self.folder.path, plan.target, plan.kernels, plan.framework_config, plan.blueprint)

    def _executable(self, model: Any, place: str) -> Any:
        with executing(place, "--verify and --accuracy"):
            for framework in self.frameworks:
                model = framework.executable(model, self._config())
        return model

    def _kept_report(self) -> dict[str, Any] | None:
        try:
            report = json.loads((self.folder.path / REPORT_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return report if isinstance(report, dict) and report.get("status") == "finished" else None

    def _report(self) -> dict[str, Any]:
        self.facts.seconds = time.perf_counter() - self.began
        sections = [
            section
            for framework in self.frameworks
            for section in framework.report_sections(self.folder.path)
        ]
        data = {
            framework.name: data
            for framework in self.frameworks
            if (data := framework.report_data(self.folder.path))
        }
        return write_report(self.folder, self.facts, self.checkpoints.state, sections, data)
