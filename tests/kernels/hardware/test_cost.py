# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Costs: measured points as they are, other points by a fit that says so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.hardware.cost import Cost
from brainsmith_kernels.layernorm.rtl import LayerNormRTL
from brainsmith_kernels.lut_activation.rtl import LutActivationRTL
from brainsmith_kernels.lut_activation.specification import LutActivationSpecification
from brainsmith_kernels.rmsnorm.rtl import RMSNormRTL
from brainsmith_kernels.softmax.rtl import SoftmaxRTL


@pytest.fixture
def cost(tmp_path):
    def point(simd):
        cells = {"lut": 10 + 30 * simd, "ff": 1 + 8 * simd, "dsp": simd, "bram18": 0}
        return {"parameters": {"simd": str(simd)}, "family": "xc7", "source": "a tool 1.0", **cells}

    table = tmp_path / "cost.json"
    table.write_text(json.dumps({"points": [point(simd) for simd in (2, 4, 16)]}))
    return Cost(lambda p: 7, table, lambda p: (p.simd,), LutActivationSpecification.parse)


def resources(cost, family="xc7", **given):
    return cost.resources(LutActivationSpecification.parse(given), family)


def test_a_measured_point_is_given_as_measured(cost):
    found = resources(cost, simd="4")
    assert (found.lut, found.dsp, found.measured, found.source) == (130, 4, True, "a tool 1.0")


def test_a_point_between_is_estimated_from_the_others(cost):
    found = resources(cost, simd="8")
    assert (found.lut, found.ff, found.dsp) == (250, 65, 8)
    assert not found.measured
    assert found.source == "estimated by a fit to 3 points of a tool 1.0"


def test_a_point_outside_is_called_an_extrapolation(cost):
    assert resources(cost, simd="32").source.startswith("extrapolated from a fit to 3 points")


def test_a_family_without_measurements_is_an_error(cost):
    with pytest.raises(HardwareError, match="nothing was measured for 'versal'"):
        resources(cost, family="versal")


def test_cycles_are_one_for_each_word_and_the_latency(cost):
    assert cost.cycles(LutActivationSpecification.parse({"size": "64", "simd": "4"}), rows=10) == 167


def test_an_estimate_is_never_negative_and_never_without_a_gate(tmp_path):
    points = [
        {
            "parameters": {"simd": simd},
            "family": "xc7",
            "source": "a tool 1.0",
            "lut": lut,
            "ff": 9,
            "dsp": 0,
            "bram18": 0,
        }
        for simd, lut in (("2", 1), ("4", 40), ("8", 160))
    ]
    (tmp_path / "cost.json").write_text(json.dumps({"points": points}))
    # A line through these points would be below nothing at one lane.
    falling = Cost(lambda p: 7, tmp_path / "cost.json", lambda p: (p.simd,), LutActivationSpecification.parse)
    found = resources(falling, simd="1")
    assert found.lut >= 1
    assert (found.ff, found.dsp, found.bram18) == (9, 0, 0)


@pytest.mark.parametrize("backend", [LayerNormRTL, RMSNormRTL, SoftmaxRTL, LutActivationRTL])
@pytest.mark.parametrize("family", ["xc7", "xcup"])
def test_more_lanes_never_take_fewer_cells(backend, family):
    points = [point for point in backend.cost.points() if point["family"] == family]
    counts = [
        backend.cost._fitted(backend.parse({"size": "768", "simd": str(simd)}), family, points)
        for simd in (1, 2, 4, 8, 16, 32, 64)
    ]
    for cell in ("lut", "ff", "dsp"):
        cells = [getattr(count, cell) for count in counts]
        assert cells == sorted(cells), cell
        assert cells[0] >= (1 if cell == "lut" else 0)


@pytest.mark.parametrize("backend", [LayerNormRTL, RMSNormRTL, SoftmaxRTL, LutActivationRTL])
def test_a_point_is_estimated_well_from_the_others(backend):
    for family in ("xc7", "xcup"):
        for cell, most in (("lut", 0.45), ("ff", 0.2), ("dsp", 0.2)):
            assert max(map(abs, backend.cost.leave_one_out(family)[cell])) <= most


def test_leaving_a_point_out_shows_what_no_other_says(cost):
    assert cost.leave_one_out("xc7")["lut"] == [0.0, 0.0, 0.0]
    constant = replace(cost, features=lambda p: ())
    assert max(map(abs, constant.leave_one_out("xc7")["lut"])) > 0.5
