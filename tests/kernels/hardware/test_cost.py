# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Costs: measured points as they are, other points by a fit that says so."""

from __future__ import annotations

import json

import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.hardware.cost import Cost
from brainsmith_kernels.lut_activation.specification import LutActivationSpecification


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
