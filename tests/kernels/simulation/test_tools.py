# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Tools: found, or named with the line that installs them."""

from __future__ import annotations

import pytest

from brainsmith_core.errors import ToolError
from brainsmith_kernels.simulation import tools


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
