# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What our back ends promise besides what every kernel must, which ``test_conformance`` shows."""

from __future__ import annotations

import re

import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_core.loading import load
from brainsmith_kernels import plugins

BACKENDS = {record.name: record for record in plugins.backends()}
RTL = [name for name in BACKENDS if name.endswith("RTL") and name != "GeluRTL"]


def make(name, **given):
    backend = load(BACKENDS[name])
    return backend, backend.parse(given)


@pytest.mark.parametrize("name", RTL)
@pytest.mark.parametrize("size", [64, 384])
def test_successive_rows_overlap_wholly(name, size):
    backend, parameters = make(name, size=str(size), simd="8")
    assert backend.cycles(parameters, 101) - backend.cycles(parameters, 100) == size // 8


def test_the_top_has_finn_s_port_names():
    backend, parameters = make("SoftmaxRTL", size="15", simd="5", input_type="UINT5", output_type="INT7")
    top = backend.files(parameters)[f"{parameters.module_name}.v"]
    for port in (
        "ap_clk",
        "ap_rst_n",
        "[31:0] in0_V_TDATA",
        "in0_V_TVALID",
        "in0_V_TREADY",
        "[39:0] out0_V_TDATA",
    ):
        assert re.search(rf"(input|output) {re.escape(port)}\b", top), port


@pytest.mark.parametrize(("rows", "stall"), [(0, 0.0), (10, 1.0), (10, -0.1)])
def test_a_simulation_without_rows_or_without_end_is_refused(rows, stall, tmp_path):
    backend, parameters = make("LutActivationRTL")
    with pytest.raises(HardwareError, match="are no simulation"):
        backend.simulate(parameters, rows=rows, stall=stall, seed=0, folder=tmp_path)


def test_more_rows_than_memory_holds_are_refused(tmp_path):
    backend, parameters = make("LutActivationRTL")
    with pytest.raises(HardwareError, match="more than 268435456 values"):
        backend.simulate(parameters, rows=10**9, stall=0.0, seed=0, folder=tmp_path)


def test_hls_cannot_be_synthesised_here(tmp_path):
    backend, parameters = make("SoftmaxHLS")
    with pytest.raises(HardwareError, match="vendor's compiler"):
        backend.synthesize(parameters, family="xc7", folder=tmp_path)


@pytest.mark.parametrize("name", RTL)
def test_the_fit_is_close_to_every_measured_point(name):
    cost = load(BACKENDS[name]).cost
    for point in cost.points():
        rest = [other for other in cost.points() if other["family"] == point["family"]]
        fitted = cost._fitted(cost.read_point(point), point["family"], rest)
        assert fitted.lut == pytest.approx(point["lut"], rel=0.3, abs=20)
        assert fitted.dsp == pytest.approx(point["dsp"], rel=0.3, abs=3)
