# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What every back end promises: its files compute the specification, bit for bit, in the stated cycles."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pyslang
import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_core.hardware import check_backend
from brainsmith_core.loading import load
from brainsmith_kernels import plugins
from brainsmith_kernels.simulation.rtlsim import lint

BACKENDS = {record.name: record for record in plugins.backends()}
RTL = [name for name in BACKENDS if name.endswith("RTL") and name != "GeluRTL"]
HLS = [name for name in BACKENDS if name.endswith("HLS") and name != "GeluHLS"]

#: Besides the defaults: odd sizes and widths, unsigned inputs, a whole row in each word, one element.
SHAPES = {
    "defaults": {},
    "odd": {"size": "15", "simd": "5", "input_type": "UINT5", "output_type": "INT7"},
    "wide": {"size": "16", "simd": "2", "input_type": "INT4", "output_type": "UINT16"},
    "narrow": {"size": "9", "simd": "1", "input_type": "INT3", "output_type": "UINT3"},
}
#: Output scales under which the shapes use their output's range.
SCALES = {"odd": 2.0**-6, "wide": 2.0**-13, "narrow": 2.0**-3}
CASES = [(name, shape) for name in RTL for shape in SHAPES]


def make(name, shape="defaults", **given):
    backend = load(BACKENDS[name])
    scale = {"output_scale": str(SCALES[shape])} if shape in SCALES else {}
    return backend, backend.parse({**SHAPES[shape], **scale, **given})


@pytest.mark.parametrize(
    ("name", "shape", "stall"),
    [(*case, 0.0) for case in CASES] + [(*case, 0.3) for case in CASES if case[1] in ("defaults", "odd")],
)
def test_rtl_is_the_specification_and_takes_the_cycles_of_the_formula(name, shape, stall, tmp_path):
    backend, parameters = make(name, shape)
    result = backend.simulate(parameters, rows=300, stall=stall, seed=1, folder=tmp_path)
    assert result.faults == ()
    assert (result.rows, result.values) == (300, 300 * parameters.size)
    if stall == 0:
        assert result.cycles == backend.cycles(parameters, 300)
    else:
        assert result.cycles > result.expected_cycles


@pytest.mark.parametrize(("name", "shape"), [(name, shape) for name in HLS for shape in ("defaults", "odd")])
def test_hls_is_the_specification(name, shape, tmp_path):
    backend, parameters = make(name, shape)
    result = backend.simulate(parameters, rows=300, stall=0, seed=2, folder=tmp_path)
    assert result.faults == ()
    assert result.cycles is None


@pytest.mark.parametrize("name", RTL)
@pytest.mark.parametrize("size", [64, 384])
def test_successive_rows_overlap_wholly(name, size):
    backend, parameters = make(name, size=str(size), simd="8")
    assert backend.cycles(parameters, 101) - backend.cycles(parameters, 100) == size // 8


@pytest.mark.parametrize("name", BACKENDS)
def test_files_are_a_pure_function_of_the_parameters(name):
    backend, parameters = make(name)
    files = backend.files(parameters)
    code = (
        "import json, pickle, sys\n"
        "from brainsmith_core.loading import load\n"
        "record, parameters = pickle.loads(sys.stdin.buffer.read())\n"
        "print(json.dumps(load(record).files(parameters)))\n"
    )
    given = pickle.dumps((BACKENDS[name], parameters))
    done = subprocess.run([sys.executable, "-c", code], input=given, capture_output=True, check=True)
    elsewhere = json.loads(done.stdout)
    assert elsewhere == files
    assert all(text.startswith("// SPDX") and text.endswith("\n") for text in files.values())


@pytest.mark.parametrize("name", BACKENDS)
def test_it_follows_core_s_protocol(name):
    backend, parameters = make(name)
    for method in ("files", "ports", "cycles", "resources", "simulate", "synthesize"):
        check_backend(backend, name, method)
    ports = backend.ports(parameters)
    assert [(port.name, port.direction) for port in ports] == [("in0_V", "in"), ("out0_V", "out")]
    assert all(port.bits % 8 == 0 and port.words_per_row == 16 for port in ports)


def test_module_names_are_unique_among_all_kernels_and_parameters():
    modules = []
    for name in RTL:
        for shape in SHAPES:
            backend, parameters = make(name, shape)
            texts = backend.files(parameters).values()
            modules += [m for text in texts for m in re.findall(r"^module (\w+)", text, re.MULTILINE)]
    assert len(modules) == len(set(modules)) > 60
    assert all(module.startswith("brainsmith_") for module in modules)


@pytest.mark.parametrize(("name", "shape"), CASES)
def test_verilator_and_pyslang_accept_the_files(name, shape, tmp_path):
    backend, parameters = make(name, shape)
    files = backend.files(parameters)
    lint(files, parameters.module_name, tmp_path)
    compilation = pyslang.ast.Compilation()
    for file, text in files.items():
        compilation.addSyntaxTree(pyslang.syntax.SyntaxTree.fromText(text, file))
    assert [top.name for top in compilation.getRoot().topInstances] == [parameters.module_name]
    assert [str(found.code) for found in compilation.getAllDiagnostics() if found.isError()] == []


def test_the_top_has_finn_s_port_names():
    backend, parameters = make("SoftmaxRTL", "odd")
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


def test_hls_cannot_be_synthesised_here(tmp_path):
    backend, parameters = make("SoftmaxHLS")
    with pytest.raises(HardwareError, match="vendor's compiler"):
        backend.synthesize(parameters, family="xc7", folder=tmp_path)


@pytest.mark.parametrize("name", RTL)
@pytest.mark.parametrize("family", ["xc7", "xcup"])
def test_the_defaults_cost_what_was_measured(name, family):
    backend, parameters = make(name)
    found = backend.resources(parameters, family)
    assert found.measured
    assert found.source.startswith("yosys ")


@pytest.mark.slow
@pytest.mark.parametrize("name", RTL)
def test_a_new_synthesis_agrees_with_the_measured_point(name, tmp_path):
    backend, parameters = make(name)
    known = backend.resources(parameters, "xc7")
    found = backend.synthesize(parameters, family="xc7", folder=tmp_path)
    assert (found.dsp, found.bram18) == (known.dsp, known.bram18)
    assert found.lut == pytest.approx(known.lut, rel=0.1)
    assert found.ff == pytest.approx(known.ff, rel=0.02)


@pytest.mark.parametrize("name", RTL)
def test_the_fit_is_close_to_every_measured_point(name):
    cost = load(BACKENDS[name]).cost
    for point in cost.points():
        rest = [other for other in cost.points() if other["family"] == point["family"]]
        fitted = cost._fitted(cost.read_point(point), point["family"], rest)
        assert fitted.lut == pytest.approx(point["lut"], rel=0.3, abs=20)
        assert fitted.dsp == pytest.approx(point["dsp"], rel=0.3, abs=3)


SWEEP = [(64, 4), (384, 8), (768, 16), (1024, 16), (60, 12), (12, 12)]


@pytest.mark.sweep
@pytest.mark.parametrize("name", [*RTL, *HLS])
@pytest.mark.parametrize(("size", "simd"), SWEEP)
def test_many_rows_are_equal_and_no_further_than_half_a_unit_from_the_real_function(
    name, size, simd, tmp_path
):
    backend, parameters = make(name, size=str(size), simd=str(simd))
    for stall in (0.0, 0.3) if name in RTL else (0.0,):
        folder = Path(tmp_path / f"{stall}")
        result = backend.simulate(parameters, rows=20000, stall=stall, seed=size, folder=folder)
        assert result.faults == ()
        # What is above a half is the rounding of float64 at ties.
        assert result.max_error <= 0.5 + 1e-12
