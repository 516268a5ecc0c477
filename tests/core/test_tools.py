# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Tools: found, or named with the line that installs them, and bounded in time and memory."""

from __future__ import annotations

import sys
import time

import pytest

from brainsmith_core import tools
from brainsmith_core.errors import HardwareError, ToolError
from brainsmith_core.tools import run_bounded


@pytest.mark.parametrize("name", ["g++", "make", "verilator", "yosys"])
def test_a_missing_tool_is_an_error_with_its_install_line(name, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=f"{name.replace('+', '.')} is not installed") as raised:
        tools.find_tool(name)
    assert raised.value.remedy == f"apt-get install {name}"
    assert raised.value.exit_code == 12


def test_missing_headers_are_an_error_with_their_install_line(monkeypatch):
    monkeypatch.setattr(tools, "find_spec", lambda name: None)
    with pytest.raises(ToolError, match="headers") as raised:
        tools.find_hls_headers()
    assert raised.value.remedy == "pip install --no-deps hls4ml==1.3.0"


def test_what_the_tool_prints_is_returned(tmp_path):
    assert run_bounded([sys.executable, "-c", "print('done')"], tmp_path, seconds=20) == "done\n"


def test_a_failure_shows_the_end_of_the_output(tmp_path):
    words = [sys.executable, "-c", "print('x' * 5000 + ' the reason'); raise SystemExit(3)"]
    with pytest.raises(HardwareError, match="ended with status 3") as raised:
        run_bounded(words, tmp_path, seconds=20)
    assert raised.value.fact.endswith("xxx the reason")
    assert raised.value.place == str(tmp_path)
    assert raised.value.remedy == "mend the kernel's sources, or report it to their authors"
    assert len(raised.value.fact) < 2000


def test_a_tool_that_takes_too_long_is_ended_with_all_its_children(tmp_path):
    mark = tmp_path / "mark"
    words = ["sh", "-c", f"(sleep 3; touch {mark}) & sleep 30"]
    with pytest.raises(HardwareError, match="took longer than 1 s"):
        run_bounded(words, tmp_path, seconds=1)
    time.sleep(3)
    assert not mark.exists()


def test_a_tool_that_wants_too_much_memory_fails(tmp_path):
    with pytest.raises(HardwareError, match="MemoryError"):
        run_bounded([sys.executable, "-c", "bytearray(3 << 30)"], tmp_path, seconds=60, gigabytes=1)
