# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What a build tells while it runs, on terminals and elsewhere."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from brainsmith_core.blueprint.plan import Plan, PlannedStep
from brainsmith_core.build.progress import Progress, TerminalProgress, TextProgress, progress_on
from brainsmith_core.build.state import Checkpoint, FinishedStep


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def finished(name: str, nodes: int, difference: float | None = None) -> FinishedStep:
    checkpoint = Checkpoint(file="f", sha256="0", op_counts={"Mul": nodes})
    return FinishedStep(identity={"name": name}, checkpoint=checkpoint, seconds=1.234, difference=difference)


def tell(progress: Progress) -> None:
    """Everything that a build of one step can tell."""
    progress.build_started(Plan(name="demo"), Path("out"))
    progress.note("going on after step 1")
    for done in (1, 2):
        progress.evaluating("given model", done, 2)
    progress.step_started(0, 12, PlannedStep("[red]tidy", "steps"))
    progress.step_finished(0, 12, finished("[red]tidy", 3), 5)
    progress.build_finished(Path("out"), 2.0)
    progress.build_stopped()


LINES = [
    "building demo into out",
    "note: going on after step 1",
    "given model: 2 rows evaluated",
    "[ 1/12] [red]tidy 1.23 s, 5 → 3 nodes",
    "built in 2.0 s; see out/report.html",
]


def test_elsewhere_than_on_a_terminal_there_is_a_plain_line_for_each_thing() -> None:
    stream = io.StringIO()
    tell(progress_on(stream))
    assert stream.getvalue().splitlines() == LINES


def test_elsewhere_than_on_a_terminal_a_long_evaluation_tells_its_rows_every_ten_seconds() -> None:
    stream, now = io.StringIO(), 0.0
    progress = TextProgress(stream, clock=lambda: now)
    progress.build_started(Plan(name="demo"), Path("out"))
    for done in range(1, 9):
        now += 3.0
        progress.evaluating("given model", done, 8)
    assert stream.getvalue().splitlines() == [
        "building demo into out",
        "given model: 4 of 8 rows",
        "given model: 8 rows evaluated",
    ]
    now += 30.0
    progress.evaluating("built model", 1, 8)
    assert stream.getvalue().splitlines()[3:] == ["built model: 1 of 8 rows"]


def test_on_a_terminal_the_same_lines_stand_and_a_status_line_comes_and_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    progress = progress_on(stream)
    assert isinstance(progress, TerminalProgress)
    tell(progress)
    for line in LINES:
        assert line in stream.getvalue()
    assert "\x1b[" in stream.getvalue()
    assert "given mod" in stream.getvalue()


def test_a_status_line_is_taken_away_when_the_build_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    progress = TerminalProgress(stream)
    progress.step_started(0, 1, PlannedStep("tidy", "steps"))
    progress.build_stopped()
    assert stream.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K") or "\x1b[?25h" in stream.getvalue()
    progress.build_stopped()


@pytest.mark.parametrize(
    ("nodes_before", "difference", "line"),
    [
        (3, None, "[2/3] tidy 1.23 s, 3 nodes"),
        (3, 0.0, "[2/3] tidy 1.23 s, 3 nodes, outputs equal"),
        (4, 1.234e-5, "[2/3] tidy 1.23 s, 4 → 3 nodes, outputs within 1.2e-05"),
    ],
)
def test_a_finished_step_shows_time_nodes_and_how_far_outputs_moved(
    nodes_before: int, difference: float | None, line: str
) -> None:
    stream = io.StringIO()
    TextProgress(stream).step_finished(1, 3, finished("tidy", 3, difference), nodes_before)
    assert stream.getvalue() == line + "\n"


def test_without_a_stream_it_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert sys.stderr.isatty() is False
    progress_on().note("hello")
    assert capsys.readouterr().err == "note: hello\n"


def test_a_plan_without_a_name_is_called_the_model() -> None:
    stream = io.StringIO()
    TextProgress(stream).build_started(Plan(name=""), Path("out"))
    assert stream.getvalue() == "building the model into out\n"


def test_the_base_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Progress())
    assert capsys.readouterr() == ("", "")
