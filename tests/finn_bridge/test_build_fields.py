# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What FINN's DataflowBuildConfig takes is read from its source."""

from __future__ import annotations

import pytest

from brainsmith_finn_bridge.build_fields import boards, build_fields
from brainsmith_finn_bridge.installation import Installation

CONFIGURATION = """
    from dataclasses import dataclass, field
    from enum import Enum
    from pathlib import Path
    from typing import Any, List, Literal, Optional


    class Output(str, Enum):
        STITCHED_IP = "stitched_ip"
        ESTIMATE_REPORTS = "estimate_reports"


    @dataclass
    class DataflowBuildConfig:
        output_dir: str
        generate_outputs: List[Output]
        folding_config_file: Path | None = None
        target_fps: Optional[int] = None
        synth_clk_period_ns: float = 10.0
        verbose: bool = False
        kind: Literal["timing", "functional"] = "functional"
        anything: Any = None
        first: Optional[Output] = None

        def method(self):
            pass
    """
BOARDS = """
    pynq_part_map = {"Ultra96": "xczu3eg-sbva484-1-e"}
    pynq_part_map["Pynq-Z1"] = "xc7z020clg400-1"
    alveo_part_map: dict[str, str] = dict()
    alveo_part_map["U50"] = "xcu50-fsvh2104-2L-e"
    part_map = {**pynq_part_map, **alveo_part_map}
    pynq_native_port_width = {"Pynq-Z3": 64}
    """


@pytest.fixture
def installation(tree):
    files = {"finn/builder/build_dataflow_config.py": CONFIGURATION, "finn/util/basic.py": BOARDS}
    return Installation((str(tree(files) / "finn"),))


def test_every_annotated_field_is_one_and_nothing_else(installation):
    assert list(build_fields(installation)) == [
        "output_dir",
        "generate_outputs",
        "folding_config_file",
        "target_fps",
        "synth_clk_period_ns",
        "verbose",
        "kind",
        "anything",
        "first",
    ]


def test_a_field_without_a_default_is_demanded(installation):
    demanded = [name for name, field in build_fields(installation).items() if field.required]
    assert demanded == ["output_dir", "generate_outputs"]


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("generate_outputs", ["estimate_reports"], ["estimate_reports"]),
        ("generate_outputs", ["STITCHED_IP"], ["stitched_ip"]),
        ("first", "stitched_ip", "stitched_ip"),
        ("first", None, None),
        ("kind", "timing", "timing"),
        ("target_fps", 5, 5),
        ("target_fps", None, None),
        ("synth_clk_period_ns", 5, 5),
        ("folding_config_file", "folding.json", "folding.json"),
        ("anything", ["x"], ["x"]),
        ("verbose", True, True),
    ],
)
def test_a_value_is_taken(installation, name, given, value):
    assert build_fields(installation)[name].value(given) == value


@pytest.mark.parametrize(
    ("name", "given", "wanted"),
    [
        ("generate_outputs", ["bitfiel"], "one of stitched_ip, estimate_reports"),
        ("generate_outputs", "estimate_reports", "a list of stitched_ip, estimate_reports"),
        ("first", ["stitched_ip"], "one of stitched_ip, estimate_reports"),
        ("kind", "other", "one of timing, functional"),
        ("target_fps", "fast", "a whole number"),
        ("target_fps", True, "a whole number"),
        ("synth_clk_period_ns", None, "a number"),
        ("verbose", 1, "true or false"),
        ("folding_config_file", 3, "a text"),
    ],
)
def test_what_is_wanted_instead_is_told(installation, name, given, wanted):
    with pytest.raises(ValueError, match=f"^{wanted}$"):
        build_fields(installation)[name].value(given)


def test_fields_that_name_files_are_known(installation):
    assert [name for name, field in build_fields(installation).items() if field.is_path] == [
        "folding_config_file"
    ]


def test_boards_come_from_all_of_FINN_s_tables(installation):
    assert boards(installation) == {
        "Ultra96": "xczu3eg-sbva484-1-e",
        "Pynq-Z1": "xc7z020clg400-1",
        "U50": "xcu50-fsvh2104-2L-e",
    }


def test_a_FINN_that_has_them_elsewhere_has_none(tree):
    installation = Installation((str(tree() / "finn"),))
    assert build_fields(installation) == {}
    assert boards(installation) == {}
