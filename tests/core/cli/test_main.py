# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The command ``brainsmith``: help that teaches, and errors without a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from brainsmith_core.cli import main as cli_main
from brainsmith_core.errors import BuildError

COMMAND = [sys.executable, "-m", "brainsmith_core.cli", "packs", "list", "--json"]


def test_help_shows_every_command_with_what_it_does(run) -> None:
    ended = run("--help")
    assert ended.status == 0
    for name in cli_main.COMMANDS:
        assert f"\n  {name} " in ended.out
    assert "brainsmith blueprint check BP.yaml" in ended.out


@pytest.mark.parametrize("name", sorted(cli_main.COMMANDS))
def test_every_command_has_help_with_a_sentence(run, name: str) -> None:
    ended = run(name, "-h")
    assert ended.status == 0
    assert ended.out.startswith(f"Usage: brainsmith {name}")
    assert len(ended.out.splitlines()[2].strip()) > 20


def test_the_version_is_that_of_core(run) -> None:
    assert run("--version").out == "brainsmith, version 0.1.0\n"


def test_a_mistyped_command_is_answered_with_the_closest_one(run) -> None:
    ended = run("plugin")
    assert ended.status == 2
    assert "No such command 'plugin'. Did you mean 'plugins'?" in ended.err


def test_a_command_like_no_other_is_only_refused(run) -> None:
    ended = run("xyzzy")
    assert ended.status == 2
    assert "Did you mean" not in ended.err


def test_an_expected_error_is_one_message_with_a_status_of_its_own(run, monkeypatch) -> None:
    _let_doctor_raise(monkeypatch, BuildError("it broke", place="step 3", remedy="mend it"))
    ended = run("doctor")
    assert (ended.status, ended.out) == (9, "")
    assert ended.err == "brainsmith: step 3: it broke\n  mend it\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_output_without_room_is_one_message() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(COMMAND, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 8
    assert ended.stderr == (
        "brainsmith: what was written: No space left on device\n  make room there, or write elsewhere\n"
    )


def test_output_that_nobody_reads_is_no_error() -> None:
    words = ["/bin/sh", "-c", '"$@" >&-', "sh", *COMMAND]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_an_unexpected_error_says_how_to_see_more(run, monkeypatch) -> None:
    _let_doctor_raise(monkeypatch, ZeroDivisionError("division by zero"))
    ended = run("doctor")
    assert ended.status == cli_main.INTERNAL_ERROR
    assert ended.err == (
        "brainsmith: unexpected ZeroDivisionError: division by zero\n"
        "  run again with BRAINSMITH_PLUGIN_DEBUG=1 and report what it prints\n"
    )


def test_debug_mode_shows_the_traceback(run, monkeypatch) -> None:
    _let_doctor_raise(monkeypatch, ZeroDivisionError())
    monkeypatch.setenv("BRAINSMITH_PLUGIN_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["brainsmith", "doctor"])
    with pytest.raises(ZeroDivisionError):
        cli_main.main()


def test_an_interruption_has_the_status_that_shells_expect(run, monkeypatch) -> None:
    _let_doctor_raise(monkeypatch, KeyboardInterrupt())
    ended = run("doctor")
    assert (ended.status, ended.err.strip()) == (130, "brainsmith: interrupted")


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m brainsmith_core.cli plugins list --json | head -c 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (done.returncode, done.stdout, "Error" in done.stderr) == (0, "[", False)


def _let_doctor_raise(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    @click.command()
    def doctor() -> None:
        raise error

    import brainsmith_core.cli.doctor as module

    monkeypatch.setattr(module, "doctor", doctor)
