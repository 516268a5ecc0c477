# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""``brainsmith kernel``: any pack's back ends simulated and synthesised."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from brainsmith_core.errors import HardwareError

pytestmark = pytest.mark.usefixtures("hardware_pack")


def test_an_equal_simulation_ends_with_status_0_and_says_what_was_run(run) -> None:
    ended = run("kernel", "simulate", "Increment", "--rows", "40", "--set", "bits=5")
    assert ended.status == 0
    assert "backend:hardware:IncrementRTL" in ended.out
    assert "bits=5" in ended.out
    assert "40, of which 0 differ" in ended.out
    assert "41; by the formula 41" in ended.out


def test_values_that_differ_end_with_an_error(run) -> None:
    ended = run("kernel", "simulate", "Increment", "--backend", "hls")
    assert ended.status == 11
    assert "1000 of 1000 values differ from the specification, first row 0" in ended.err
    assert "hardware-pack" in ended.err


def test_cycles_that_are_not_the_formula_s_end_with_an_error(run) -> None:
    ended = run("kernel", "simulate", "Increment", "--backend", "SlowRTL")
    assert ended.status == 11
    assert "it took 1006 cycles where the formula says 1001" in ended.err


def test_with_stalls_the_formula_is_a_lower_bound(run) -> None:
    words = ("kernel", "simulate", "Increment", "--backend", "hardware:SlowRTL", "--stall", "0.3")
    assert run(*words).status == 0


def test_json_is_all_that_is_printed_even_if_the_simulator_talks(run) -> None:
    ended = run("kernel", "simulate", "increment", "--json")
    assert ended.status == 0
    assert ended.json["backend"] == "backend:hardware:IncrementRTL"
    assert (ended.json["mismatches"], ended.json["faults"]) == (0, [])
    assert "the simulator talks" in ended.err


def test_synthesis_prints_cells_and_their_source(run) -> None:
    ended = run("kernel", "synthesize", "Increment", "--family", "xcup", "--json")
    assert ended.status == 0
    assert (ended.json["lut"], ended.json["family"], ended.json["source"]) == (8, "xcup", "counting")
    assert "counting" in run("kernel", "synthesize", "Increment").out


def test_files_are_kept_where_a_folder_is_given(run, tmp_path) -> None:
    output = tmp_path / "out"
    assert run("kernel", "simulate", "Increment", "-o", output).status == 0
    assert (output / "increment.v").is_file()
    ended = run("kernel", "simulate", "Increment", "-o", output)
    assert ended.status == 8
    assert "not empty" in ended.err


def test_a_back_end_outside_the_protocol_is_an_error_that_names_it(run) -> None:
    ended = run("kernel", "simulate", "Increment", "--backend", "vhdl")
    assert ended.status == 11
    assert "hardware:Opaque has no method parse" in ended.err
    assert "brainsmith_core.hardware.HardwareBackend" in ended.err


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("Increment", "--backend", "chisel"), 4, "has no back end 'chisel'"),
        (("Incremet",), 4, "did you mean 'Increment'?"),
        (("Increment", "--seed", "-1"), 2, "-1 is not in the range 0<=x<=4294967295"),
        (("Increment", "--set", "bits"), 2, "'bits' is not NAME=VALUE"),
        (("Increment", "--set", "lanes=2"), 11, "'lanes' is no parameter"),
    ],
)
def test_what_cannot_be_run_is_an_error_that_says_why(words, status, message, run) -> None:
    ended = run("kernel", "simulate", *words)
    assert ended.status == status
    assert message in ended.err


def fail(*_arguments: object, **_words: object) -> None:
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("command", "method"),
    [("simulate", "parse"), ("simulate", "simulate"), ("synthesize", "parse"), ("synthesize", "synthesize")],
)
def test_an_error_in_a_back_end_s_own_code_is_told_as_its_pack_s(command, method, run, monkeypatch) -> None:
    _replace(monkeypatch, method, fail)
    ended = run("kernel", command, "Increment")
    assert ended.status == 11
    failed = "the back end hardware:IncrementRTL of hardware-pack 1.0 failed: ZeroDivisionError"
    assert failed in ended.err
    assert "report it to the authors of hardware-pack" in ended.err
    assert "Traceback" not in ended.err


def test_debug_mode_shows_the_traceback_of_a_back_end_s_error(run, monkeypatch) -> None:
    _replace(monkeypatch, "simulate", fail)
    monkeypatch.setenv("BRAINSMITH_PLUGIN_DEBUG", "1")
    ended = run("kernel", "simulate", "Increment")
    assert ended.status == 11
    assert "Traceback" in ended.err
    assert "in fail\n" in ended.err


@pytest.mark.parametrize("command", ["simulate", "synthesize"])
def test_a_result_that_is_none_is_told_as_the_pack_s(command, run, monkeypatch) -> None:
    _replace(monkeypatch, command, lambda *_arguments, **_words: None)
    ended = run("kernel", command, "Increment")
    assert ended.status == 11
    assert f"IncrementRTL of hardware-pack 1.0 failed: TypeError: {command} returned None" in ended.err


@pytest.mark.parametrize("command", ["simulate", "synthesize"])
def test_a_tool_that_fails_is_told_with_the_option_that_keeps_its_files(
    command, run, monkeypatch, tmp_path
) -> None:
    def refuse(*_arguments: object, folder: Path, **_words: object) -> None:
        raise HardwareError("verilator ended with status 1", place=str(folder), remedy="mend the sources")

    _replace(monkeypatch, command, refuse)
    assert run("kernel", command, "Increment").err == (
        "brainsmith: hardware:IncrementRTL: verilator ended with status 1\n"
        "  mend the sources; --output FOLDER keeps the generated files\n"
    )
    kept = tmp_path / "kept"
    assert run("kernel", command, "Increment", "--output", kept).err == (
        f"brainsmith: {kept}: verilator ended with status 1\n  mend the sources\n"
    )


@pytest.mark.parametrize("remedy", ["", "ask hardware"])
def test_an_error_elsewhere_is_left_as_it_is(remedy, run, monkeypatch) -> None:
    def refuse(*_arguments: object, **_words: object) -> None:
        raise HardwareError("no", place="Increment", remedy=remedy)

    _replace(monkeypatch, "simulate", refuse)
    assert run("kernel", "simulate", "Increment").err.split() == [
        "brainsmith:",
        "Increment:",
        "no",
        *remedy.split(),
    ]


def _replace(monkeypatch, method, function) -> None:
    back_end = import_module("hardware_pack").IncrementRTL
    monkeypatch.setattr(back_end, method, function)
