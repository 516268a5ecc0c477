# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A blueprint's target and finn_config are judged by FINN's source, and faults say where they are."""

from __future__ import annotations

import pytest

from brainsmith_core.blueprint.plan import Target
from brainsmith_finn_bridge.build_settings import faults
from brainsmith_finn_bridge.installation import Installation

FILES = {
    "finn/builder/build_dataflow_config.py": """
        class DataflowBuildConfig:
            output_dir: str
            synth_clk_period_ns: float
            steps: list = None
            start_step: str = None
            target_fps: int = None
            board: str = None
            fpga_part: str = None
        """,
    "finn/util/basic.py": 'part_map = {"Pynq-Z1": "xc7z020clg400-1"}\n',
}


@pytest.fixture
def told(tree):
    """Where, what and what to do, of each fault."""
    installation = Installation((str(tree(FILES) / "finn"),))

    def told(target, **settings):
        return [
            (".".join(each.keys), each.fact, each.remedy) for each in faults(installation, target, settings)
        ]

    return told


def test_nothing_is_said_where_all_is_well(told):
    assert told(Target(board="Pynq-Z1", clock_ns=5.0), target_fps=1000, synth_clk_period_ns=5.0) == []


def test_an_unknown_field_has_the_closest_names(told):
    ((place, fact, remedy),) = told(Target(), target_fsp=1000)
    assert place == "finn_config.target_fsp"
    assert "no field 'target_fsp'" in fact
    assert remedy == "did you mean 'target_fps'?"


def test_a_value_of_the_wrong_kind_is_named(told):
    assert told(Target(), target_fps="fast") == [
        ("finn_config.target_fps", "target_fps is 'fast'", "give a whole number")
    ]


@pytest.mark.parametrize(("name", "said"), [("steps", "hw_compiler.steps"), ("start_step", "--start")])
def test_what_the_runner_decides_is_refused_with_where_to_say_it(told, name, said):
    ((place, _, remedy),) = told(Target(), **{name: "x"})
    assert place == f"finn_config.{name}"
    assert said in remedy


def test_the_target_and_the_settings_must_not_contradict_each_other(told):
    ((place, fact, _),) = told(Target(clock_ns=5.0), synth_clk_period_ns=10.0)
    assert place == "finn_config.synth_clk_period_ns"
    assert "target.clock_ns is 5.0" in fact


def test_an_unknown_board_has_the_closest_names(told):
    ((place, fact, remedy),) = told(Target(board="Pynq-Z9"))
    assert place == "target.board"
    assert "Pynq-Z9" in fact
    assert "'Pynq-Z1'" in remedy


def test_with_the_part_named_any_board_will_do(told):
    assert told(Target(board="my own", part="xc7z020clg400-1")) == []


@pytest.mark.parametrize(
    "part", ["xc7z020clg400-1", "xczu7ev-ffvc1156-2-e", "xcv80-lsva4737-2MHP-e-s", "xck26"]
)
def test_a_part_need_not_be_one_of_FINN_s_boards(told, part):
    assert told(Target(part=part)) == []


@pytest.mark.parametrize("part", ["zynq", "7z020clg400-1", "Pynq-Z1"])
def test_what_is_no_part_at_all_has_the_closest_names(told, part):
    ((place, fact, remedy),) = told(Target(part=part))
    assert (place, fact) == ("target.part", f"{part!r} is not the name of an AMD FPGA")
    assert "xc7z020clg400-1" in remedy
