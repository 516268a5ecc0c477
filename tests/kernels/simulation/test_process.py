# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Processes of tools, bounded in time and memory."""

from __future__ import annotations

import sys
import time

import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.simulation.process import run_bounded


def test_what_the_tool_prints_is_returned(tmp_path):
    assert run_bounded([sys.executable, "-c", "print('done')"], tmp_path, seconds=20) == "done\n"


def test_a_failure_shows_the_end_of_the_output(tmp_path):
    words = [sys.executable, "-c", "print('x' * 5000 + ' the reason'); raise SystemExit(3)"]
    with pytest.raises(HardwareError, match="ended with status 3") as raised:
        run_bounded(words, tmp_path, seconds=20)
    assert raised.value.fact.endswith("xxx the reason")
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
