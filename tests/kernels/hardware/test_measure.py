# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The table of measured points: made anew, or added to."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_core.hardware import Resources
from brainsmith_kernels.hardware.measure import measure
from brainsmith_kernels.lut_activation.rtl import LutActivationRTL


@pytest.fixture
def backend(tmp_path):
    """A back end with a table of one point, whose synthesis counts a cell for each lane and fails at 8."""
    point = {"parameters": {"simd": "4"}, "lut": 99, "ff": 99, "dsp": 9, "bram18": 9, "source": "an old tool"}
    table = tmp_path / "cost.json"
    table.write_text(json.dumps({"points": [{**point, "family": family} for family in ("xc7", "xcup")]}))

    class Counted(LutActivationRTL):
        cost = replace(LutActivationRTL.cost, table=table)

        @classmethod
        def synthesize(cls, parameters, *, family, folder):
            if parameters.simd == 8:
                raise HardwareError("the tool took too long", remedy="wait")
            cells = {"lut": parameters.simd, "ff": 1, "dsp": 0, "bram18": 0}
            return Resources(family=family, source="a new tool", measured=True, **cells)

    return Counted


def written(backend):
    points = json.loads(backend.cost.table.read_text())["points"]
    return [(point["family"], point["parameters"]["simd"], point["lut"], point["source"]) for point in points]


def test_without_points_every_known_one_is_measured_anew(backend):
    measure(backend)
    assert written(backend) == [("xc7", "4", 4, "a new tool"), ("xcup", "4", 4, "a new tool")]


def test_points_are_added_and_the_others_left_as_they_are(backend):
    measure(backend, [{"simd": "2"}])
    assert written(backend) == [
        ("xc7", "4", 99, "an old tool"),
        ("xc7", "2", 2, "a new tool"),
        ("xcup", "4", 99, "an old tool"),
        ("xcup", "2", 2, "a new tool"),
    ]


def test_a_point_that_a_tool_fails_at_costs_no_other(backend, capsys):
    measure(backend, [{"simd": "8"}, {"simd": "1"}])
    assert [simd for _, simd, _, _ in written(backend)] == ["4", "1", "4", "1"]
    assert "took too long" in capsys.readouterr().err


def test_a_parameter_out_of_range_is_said_before_anything_is_measured(backend):
    with pytest.raises(HardwareError, match="simd=3 does not divide"):
        measure(backend, [{"simd": "2"}, {"simd": "3"}])
    assert len(written(backend)) == 2
