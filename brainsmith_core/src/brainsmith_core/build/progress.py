# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Progress: what a build tells while it runs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.status import Status
from rich.text import Text

from brainsmith_core.blueprint.plan import Plan, PlannedStep
from brainsmith_core.build.preflight import summary
from brainsmith_core.build.state import FinishedStep
from brainsmith_core.preflight import Preflight

#: So many seconds without a line, and an evaluation tells how far it is.
_SILENCE = 10.0


class Progress:
    """What a build calls as it goes on; this one says nothing, and what shows progress derives from it."""

    def preflight(self, found: Mapping[str, Preflight]) -> None:
        """What the frameworks know of the model, by their names; nothing is written yet."""

    def build_started(self, plan: Plan, output_dir: Path) -> None:
        """The folder is this build's; next its plugins are imported."""

    def note(self, text: str) -> None:
        """Something that the user should know, in one line."""

    def step_started(self, index: int, count: int, planned: PlannedStep) -> None:
        """The step at ``index`` of ``count`` begins."""

    def step_finished(self, index: int, count: int, finished: FinishedStep, nodes_before: int) -> None:
        """The step at ``index`` of ``count`` is done, its model kept and, where asked for, verified."""

    def evaluating(self, what: str, done: int, total: int) -> None:
        """``done`` of ``total`` rows went through the model called ``what``."""

    def build_finished(self, output_dir: Path, seconds: float) -> None:
        """The build ended well; ``seconds`` is what this run took."""

    def build_stopped(self) -> None:
        """The build ends with an error, which someone else shows."""


class TextProgress(Progress):
    """One line for each step on a stream, ``sys.stderr`` if none is given; ``clock`` gives seconds."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._said = clock()

    def say(self, text: str, style: str = "") -> None:
        """Write a line; ``style`` is how a terminal shows it."""
        print(text, file=self._stream, flush=True)
        self._said = self._clock()

    def preflight(self, found: Mapping[str, Preflight]) -> None:
        """Say how many nodes become hardware, and which do not."""
        for line in summary(found):
            self.say(line)

    def build_started(self, plan: Plan, output_dir: Path) -> None:
        """Name the build and its folder."""
        self.say(f"building {plan.name or 'the model'} into {output_dir}", "bold")

    def note(self, text: str) -> None:
        """Write the note."""
        self.say(f"note: {text}", "yellow")

    def step_finished(self, index: int, count: int, finished: FinishedStep, nodes_before: int) -> None:
        """Write number, name, plugin, time, node counts, and how far the outputs moved."""
        nodes = sum(finished.checkpoint.op_counts.values())
        words = [
            f"[{index + 1:>{len(str(count))}}/{count}]",
            finished.identity["name"],
            f"{finished.seconds:.2f} s,",
            f"{nodes} nodes" if nodes == nodes_before else f"{nodes_before} → {nodes} nodes",
        ]
        if finished.difference is not None:
            words.append(f", outputs {_moved(finished.difference)}")
        self.say(" ".join(words).replace(" ,", ","))

    def evaluating(self, what: str, done: int, total: int) -> None:
        """Write a line when the last row is through, and before that where there was none for a while."""
        if done == total:
            self.say(f"{what}: {total} rows evaluated")
        elif self._clock() - self._said >= _SILENCE:
            self.say(f"{what}: {done} of {total} rows")

    def build_finished(self, output_dir: Path, seconds: float) -> None:
        """Say where the results are."""
        self.say(f"built in {seconds:.1f} s; see {output_dir / 'report.html'}", "bold green")


class TerminalProgress(TextProgress):
    """The same lines on a terminal, with colours and a status line for what is going on."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self._console = Console(file=self._stream, highlight=False, soft_wrap=True)
        self._status: Status | None = None

    def say(self, text: str, style: str = "") -> None:
        """Write a line above the status line."""
        self._console.print(Text(text, style=style))

    def step_started(self, index: int, count: int, planned: PlannedStep) -> None:
        """Show the step in the status line."""
        self._show(f"[{index + 1}/{count}] {planned.name}")

    def step_finished(self, index: int, count: int, finished: FinishedStep, nodes_before: int) -> None:
        """Turn the status line into a line of its own."""
        self.build_stopped()
        super().step_finished(index, count, finished, nodes_before)

    def evaluating(self, what: str, done: int, total: int) -> None:
        """Count rows in the status line."""
        self._show(f"{what}: {done} of {total} rows")
        if done == total:
            self.build_stopped()
            super().evaluating(what, done, total)

    def build_stopped(self) -> None:
        """Take the status line away."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _show(self, text: str) -> None:
        if self._status is None:
            self._status = self._console.status(Text(text))
            self._status.start()
        else:
            self._status.update(Text(text))


def progress_on(stream: TextIO | None = None) -> Progress:
    """What suits a stream, ``sys.stderr`` if none is given: a status line on a terminal, else plain lines."""
    stream = stream or sys.stderr
    return TerminalProgress(stream) if stream.isatty() else TextProgress(stream)


def _moved(difference: float) -> str:
    return "equal" if difference == 0 else f"within {difference:.2g}"
