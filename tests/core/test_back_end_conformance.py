# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The suite for back ends where a tool or back end is missing; tests/kernels/testing shows what it finds."""

from __future__ import annotations

import pytest

from brainsmith_core.errors import HardwareError, ToolError
from brainsmith_core.testing import BackendConformance
from brainsmith_core.testing.back_end import run_elsewhere, tools

MISSING = ToolError("verilator is not installed", remedy="apt-get install verilator")


class Increment(BackendConformance):
    kernel = "hardware:Increment"


def test_a_missing_tool_skips_the_test_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BRAINSMITH_REQUIRE_TOOLS", raising=False)
    line = "verilator is not installed: apt-get install verilator"
    with pytest.raises(pytest.skip.Exception, match=line), tools():
        raise MISSING


def test_a_missing_tool_is_a_failure_where_tools_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAINSMITH_REQUIRE_TOOLS", "1")
    with pytest.raises(ToolError), tools():
        raise MISSING


def test_what_else_a_tool_says_is_never_a_skip() -> None:
    with pytest.raises(HardwareError, match=r"g.. ended with status 1"), tools():
        raise HardwareError("g++ ended with status 1")


def test_a_language_without_back_end_is_told_with_those_that_there_are(hardware_pack: object) -> None:
    with pytest.raises(AssertionError, match="hardware:Increment has no back end in chisel") as caught:
        Increment().backend_record("chisel")
    assert "set languages = ('hls', 'rtl', 'vhdl')" in str(caught.value)


def test_a_back_end_outside_the_protocol_is_told_what_it_lacks(hardware_pack: object) -> None:
    with pytest.raises(AssertionError, match="the vhdl back end has no parse, files, ports, cycles"):
        Increment().test_the_back_end_follows_the_protocol("vhdl")


def test_a_spawned_process_that_fails_is_told_with_its_traceback() -> None:
    with pytest.raises(AssertionError, match=r"(?s)a spawned process failed:.*ZeroDivisionError"):
        run_elsewhere("1 / 0")
