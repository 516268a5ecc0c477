# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The generated hardware as a circuit: what it does when it is stopped, filled up, or reset in the middle."""

from __future__ import annotations

import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.layernorm.hls import LayerNormHLS
from brainsmith_kernels.layernorm.rtl import LayerNormRTL
from brainsmith_kernels.lut_activation.rtl import LutActivationRTL
from brainsmith_kernels.rmsnorm.hls import RMSNormHLS
from brainsmith_kernels.rmsnorm.rtl import RMSNormRTL
from brainsmith_kernels.simulation.rtlsim import RtlSimulator, lint
from brainsmith_kernels.simulation.stimuli import stimuli
from brainsmith_kernels.softmax.hls import SoftmaxHLS
from brainsmith_kernels.softmax.rtl import SoftmaxRTL

RTL = [LayerNormRTL, RMSNormRTL, SoftmaxRTL, LutActivationRTL]
#: Few words in a row, so that several rows are under way at once, and padding at both ends.
GIVEN = {"size": "15", "simd": "5", "input_type": "UINT5", "output_type": "INT7"}
#: Corners of the parameters at which a comparison or a bit could become superfluous.
CORNERS = [
    {},
    GIVEN,
    {"size": "2", "simd": "1", "input_type": "UINT2", "output_type": "UINT2", "output_scale": "0.5"},
    {"size": "4", "simd": "4", "output_type": "INT2", "output_scale": "0.001"},
    {"size": "32", "simd": "32", "input_type": "UINT8", "output_type": "UINT16", "output_scale": "0.5"},
    {"size": "8", "simd": "2", "output_type": "UINT16", "output_scale": "0.0000152587890625"},
]
ROWS = 40


@pytest.fixture(scope="module", params=[LayerNormRTL, SoftmaxRTL, LutActivationRTL], ids=lambda c: c.__name__)
def program(request, tmp_path_factory):
    backend, parameters = request.param, request.param.parse(GIVEN)
    streams = (parameters.module_name, parameters.input, parameters.output)
    folder = tmp_path_factory.mktemp("rtl")
    made = RtlSimulator(backend.files(parameters), *streams, folder)
    # Random ones first: a constant row comes out right whatever its sums are.
    rows = stimuli(parameters.input_type, parameters.size, ROWS, 0)[::-1]
    return made, rows, parameters.compute(rows), backend.cycles(parameters, ROWS)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_depends_on_what_registers_and_memories_held_at_power_up(program, seed):
    made, rows, expected, cycles = program
    found, counted = made.run(rows, seed=seed)
    assert (found == expected).all()
    assert counted == cycles


@pytest.mark.parametrize("stalls", [(0.0, 0.97), (0.97, 0.0), (0.9, 0.9)])
def test_a_stream_that_stands_still_for_long_loses_and_repeats_nothing(program, stalls):
    made, rows, expected, cycles = program
    found, counted = made.run(rows, stall=stalls[0], sink_stall=stalls[1], seed=1)
    assert (found == expected).all()
    assert counted > 5 * cycles


@pytest.mark.parametrize("stall", [0.0, 0.4])
def test_a_reset_in_the_middle_of_rows_is_a_clean_start(program, stall):
    made, rows, expected, cycles = program
    for restart in range(1, cycles, 13):
        found, _ = made.run(rows, stall=stall, restart=restart, seed=restart)
        assert (found == expected).all(), restart


@pytest.mark.parametrize("backend", RTL)
@pytest.mark.parametrize("given", CORNERS, ids=lambda given: "-".join(given.values()) or "defaults")
def test_verilator_has_nothing_to_say_about_the_files(backend, given, tmp_path):
    parameters = backend.parse(given)
    lint(backend.files(parameters), parameters.module_name, tmp_path, warnings=["-Wall"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "always_ff @(posedge clk) begin\n        if (!rst_n) out_valid",
            "always_latch begin\n        if (!rst_n) out_valid",
        ),
        ("assign in_ready = out_ready", "assign in_ready = in_ready & out_ready"),
        ("output logic in_ready,", "output logic in_ready, output logic spare,"),
    ],
    ids=["latch", "loop", "left over"],
)
def test_lint_sees_a_latch_a_loop_and_what_is_left_over(old, new, tmp_path):
    parameters = LutActivationRTL.parse({})
    name = f"{parameters.module_name}_core.sv"
    files = LutActivationRTL.files(parameters)
    assert old in files[name]
    with pytest.raises(HardwareError):
        lint(
            {**files, name: files[name].replace(old, new)},
            parameters.module_name,
            tmp_path,
            warnings=["-Wall"],
        )


@pytest.mark.parametrize("backend", [LayerNormHLS, RMSNormHLS, SoftmaxHLS])
@pytest.mark.parametrize(("size", "short"), [("64", True), ("1024", False)])
def test_every_loop_over_words_is_to_be_pipelined_and_short_rows_have_their_quotients_overlap(
    backend, size, short
):
    parameters = backend.parse({"size": size, "simd": "4"})
    header = backend.files(parameters)[f"{parameters.module_name}.hpp"]
    assert header.count("#pragma HLS dataflow") == 1
    loops = header.split("for (int word = 0; word < WORDS; ++word) {\n")[1:]
    assert loops
    assert all(loop.startswith("#pragma HLS pipeline II=1") for loop in loops)
    # A digit in each cycle does for a row that is as long as its quotient.
    assert (f"#pragma HLS pipeline II={parameters.words} " in header) == short
