# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The simulation of RTL: it tells good from bad."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.lut_activation.rtl import LutActivationRTL
from brainsmith_kernels.simulation.rtlsim import RtlSimulator, lint
from brainsmith_kernels.simulation.stimuli import stimuli

PARAMETERS = LutActivationRTL.parse({"size": "8", "simd": "2"})
ROWS = stimuli(PARAMETERS.input_type, 8, 50, 0)


def simulator(folder, old="", new=""):
    files = LutActivationRTL.files(PARAMETERS)
    assert any(old in text for text in files.values())
    broken = {name: text.replace(old, new) if old else text for name, text in files.items()}
    return RtlSimulator(broken, PARAMETERS.module_name, PARAMETERS.input, PARAMETERS.output, folder)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        # A folder may be relative.
        patch.chdir(tmp_path_factory.mktemp("good"))
        return simulator(Path("here"))


def test_a_good_kernel_gives_the_specification_s_rows(good):
    for stall in (0.0, 0.6):
        rows, cycles = good.run(ROWS, stall=stall, seed=3)
        assert (rows == PARAMETERS.compute(ROWS)).all()
        assert cycles >= 50 * 4 + 1
    assert good.tool.startswith("Verilator ")


def test_stalls_depend_on_the_seed_and_on_nothing_else(good):
    cycles = [good.run(ROWS, stall=0.5, seed=seed)[1] for seed in (1, 1, 2)]
    assert cycles[0] == cycles[1] != cycles[2]


def test_the_output_can_stall_more_than_the_input(good):
    _, cycles = good.run(ROWS, stall=0.0, sink_stall=0.9, seed=1)
    assert cycles > 5 * 50 * 4


def test_a_reset_begins_anew(good):
    rows, cycles = good.run(ROWS, restart=77)
    assert (rows == PARAMETERS.compute(ROWS)).all()
    assert cycles == 50 * 4 + 1


def test_a_wrong_table_gives_other_rows(tmp_path):
    rows, _ = simulator(tmp_path, "entries[0] = 8'd", "entries[0] = 8'd1 + 8'd").run(ROWS)
    assert (rows != PARAMETERS.compute(ROWS)).any()


def test_a_word_that_is_not_held_until_it_is_taken_is_an_error(tmp_path):
    program = simulator(tmp_path, "assign in_ready = out_ready | ~out_valid;", "assign in_ready = 1'b1;")
    with pytest.raises(HardwareError, match="before the word was taken"):
        program.run(ROWS, stall=0.5, seed=1)


def test_a_kernel_that_hangs_is_an_error(tmp_path):
    program = simulator(tmp_path, "else if (in_ready) out_valid <= in_valid;", "else out_valid <= 1'b0;")
    with pytest.raises(HardwareError, match="no word came out for too long"):
        program.run(ROWS)


def test_a_register_that_no_reset_sets_is_seen(tmp_path):
    program = simulator(
        tmp_path, "if (!rst_n) out_valid <= 1'b0;\n        else if (in_ready)", "if (in_ready)"
    )
    good = 0
    for seed in range(8):
        try:
            rows, _ = program.run(ROWS, seed=seed)
            good += bool((rows == PARAMETERS.compute(ROWS)).all())
        except HardwareError:
            continue
    assert good < 8


def test_lint_says_what_is_wrong(tmp_path):
    files = LutActivationRTL.files(PARAMETERS)
    name = f"{PARAMETERS.module_name}_core.sv"
    files[name] = files[name].replace("assign in_ready", "assign in_redy")
    with pytest.raises(HardwareError, match="in_redy"):
        lint(files, PARAMETERS.module_name, tmp_path)
