# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Synthesis: cells of a device family."""

from __future__ import annotations

import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.simulation.synthesis import _count, synthesize

ADDER = """
module adder (input clk, input [7:0] a, b, output reg [7:0] sum);
    always @(posedge clk) sum <= a + b;
endmodule
"""
MULTIPLIER = """
module multiplier (input clk, input signed [17:0] a, b, output reg signed [35:0] product);
    always @(posedge clk) product <= a * b;
endmodule
"""


def test_an_adder_takes_a_look_up_table_and_a_flip_flop_for_each_bit(tmp_path):
    found = synthesize({"adder.v": ADDER}, "adder", "xc7", tmp_path)
    assert (found.lut, found.ff, found.dsp, found.bram18) == (8, 8, 0, 0)
    assert found.measured
    assert found.source.startswith("yosys 0.")
    assert found.source.endswith("synth_xilinx")


@pytest.mark.parametrize("family", ["xc7", "xcup"])
def test_a_multiplier_takes_a_dsp_slice(family, tmp_path):
    assert synthesize({"multiplier.v": MULTIPLIER}, "multiplier", family, tmp_path).dsp == 1


def test_an_unknown_family_is_an_error(tmp_path):
    with pytest.raises(HardwareError, match="'versal' is no device family"):
        synthesize({"adder.v": ADDER}, "adder", "versal", tmp_path)


def test_what_cannot_be_read_is_an_error_with_the_tool_s_words(tmp_path):
    with pytest.raises(HardwareError, match="syntax error"):
        synthesize({"adder.v": ADDER.replace("endmodule", "")}, "adder", "xc7", tmp_path)


def test_block_ram_is_counted_in_halves_and_unknown_cells_are_an_error():
    found = _count({"RAMB36E1": 2, "RAMB18E1": 1, "RAM64M": 3, "LUT6": 5, "CARRY4": 9}, "xc7", "")
    assert (found.bram18, found.lut) == (5, 17)
    with pytest.raises(HardwareError, match="URAM288"):
        _count({"URAM288": 1}, "xcup", "")
