# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The simulation of C++: it tells good from bad."""

from __future__ import annotations

import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.lut_activation.hls import LutActivationHLS
from brainsmith_kernels.simulation.csim import CppSimulator
from brainsmith_kernels.simulation.stimuli import stimuli
from brainsmith_kernels.softmax.hls import SoftmaxHLS

PARAMETERS = LutActivationHLS.parse({"size": "8", "simd": "2", "input_type": "INT5", "output_type": "INT3"})
ROWS = stimuli(PARAMETERS.input_type, 8, 50, 0)


def simulator(folder, old="", new=""):
    files = {name: text.replace(old, new) for name, text in LutActivationHLS.files(PARAMETERS).items()}
    return CppSimulator(files, PARAMETERS.module_name, PARAMETERS.input, PARAMETERS.output, folder)


def test_a_good_kernel_gives_the_specification_s_rows_and_no_cycles(tmp_path):
    program = simulator(tmp_path)
    rows, cycles = program.run(ROWS)
    assert (rows == PARAMETERS.compute(ROWS)).all()
    assert cycles is None
    assert program.tool.startswith("g++ ")


def test_a_kernel_that_leaves_words_out_is_an_error(tmp_path):
    program = simulator(tmp_path, "word < WORDS", "word < WORDS - 1")
    with pytest.raises(HardwareError, match="row 0: 3 words out, words left over: 1"):
        program.run(ROWS)


def test_what_does_not_compile_is_an_error_with_the_compiler_s_words(tmp_path):
    with pytest.raises(HardwareError, match="undeclared_name"):
        simulator(tmp_path, "table[x.to_uint()]", "undeclared_name")


def test_words_wider_than_the_integers_of_the_headers_are_compiled(tmp_path):
    parameters = SoftmaxHLS.parse({"size": "256", "simd": "256"})
    assert parameters.input.bits > 1024
    assert SoftmaxHLS.simulate(parameters, rows=30, stall=0, seed=1, folder=tmp_path).faults == ()
