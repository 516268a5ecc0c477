# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What the pack lists, and how that follows the qonnx that is installed."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import numpy as np
import pluggy
import pytest
import qonnx.transformation
from onnx import helper
from qonnx.core.datatype import DataType
from qonnx.transformation.general import GiveUniqueNodeNames
from qonnx.transformation.infer_datatypes import InferDataTypes

import brainsmith_core
import brainsmith_kernels
from brainsmith_core.loading import load
from brainsmith_kernels import plugins

LIST = """
from brainsmith_kernels import plugins
for record in (*plugins.transforms(), *plugins.kernels(), *plugins.steps()):
    print(record.name, record.unavailable, record.remedy, sep="|")
"""

SETS = [record for record in plugins.transforms() if record.members]


@pytest.fixture
def site(tmp_path):
    """A place with nothing but the packages that the listing needs."""
    for module in (pluggy, brainsmith_core, brainsmith_kernels):
        (tmp_path / module.__name__).symlink_to(Path(module.__file__).parent)
    return tmp_path


def listed(in_fresh_process, site):
    output = in_fresh_process(LIST, flags=["-S"], env={"PYTHONPATH": str(site)})
    return [line.split("|") for line in output.splitlines()]


def qonnx_class(name):
    for module in pkgutil.iter_modules(qonnx.transformation.__path__):
        found = getattr(importlib.import_module(f"qonnx.transformation.{module.name}"), name, None)
        if isinstance(found, type):
            return found
    raise AssertionError(f"qonnx has no {name}")


def members(record):
    own = {record.name: record for record in plugins.transforms()}
    for member in record.members:
        source, _, name = member.partition(":")
        yield qonnx_class(name) if source == "qonnx" else load(own[name])


def test_no_name_is_listed_twice():
    names = [record.name for record in plugins.transforms()]
    assert len(names) == len(set(names))


def test_convert_div_to_mul_is_left_to_a_qonnx_that_has_it():
    assert qonnx_class("ConvertDivToMul")
    assert "ConvertDivToMul" not in [record.name for record in plugins.transforms()]


def test_convert_div_to_mul_is_ours_where_qonnx_has_none(in_fresh_process, site):
    package = site / "qonnx" / "transformation"
    package.mkdir(parents=True)
    (site / "qonnx" / "__init__.py").touch()
    (package / "general.py").write_text("# ConvertDivToMul\nclass ConvertSubToAdd:\n    pass\n")
    assert ["ConvertDivToMul", "", ""] in listed(in_fresh_process, site)


def test_without_qonnx_everything_is_listed_as_unavailable(in_fresh_process, site):
    rows = listed(in_fresh_process, site)
    assert len(rows) > 15
    assert {(reason, remedy) for name, reason, remedy in rows} == {
        ("qonnx is not installed", "pip install 'qonnx>=0.4'")
    }


def rows_with_qonnx(in_fresh_process, site):
    (site / "qonnx" / "transformation").mkdir(parents=True)
    (site / "qonnx" / "__init__.py").touch()
    return {name: (reason, remedy) for name, reason, remedy in listed(in_fresh_process, site)}


def test_without_FINN_only_the_step_that_is_its_work_is_unavailable(in_fresh_process, site):
    rows = rows_with_qonnx(in_fresh_process, site)
    assert {name for name, (reason, _) in rows.items() if reason} == {"qonnx_to_finn"}
    assert rows["qonnx_to_finn"] == (
        "FINN is not installed",
        "pip install finn-plus brainsmith-finn-bridge",
    )


def test_a_package_called_finn_without_the_converter_is_no_FINN(in_fresh_process, site):
    folder = site / "finn" / "transformation" / "qonnx"
    folder.mkdir(parents=True)
    assert rows_with_qonnx(in_fresh_process, site)["qonnx_to_finn"][0] == "FINN is not installed"
    (folder / "convert_qonnx_to_finn.py").write_text("raise SystemExit('not imported')\n")
    assert {reason for _, reason, _ in listed(in_fresh_process, site)} == {""}


def test_the_sets_of_the_example_blueprint_exist():
    assert {record.name for record in SETS} == {
        "quantization",
        "folding",
        "cleanup_transforms",
        "optimization_transforms",
    }


@pytest.mark.parametrize("record", SETS, ids=lambda record: record.name)
def test_members_of_a_set_are_made_without_arguments(record):
    for member in members(record):
        required = [
            parameter
            for parameter in list(inspect.signature(member.__init__).parameters.values())[1:]
            if parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        assert required == []


@pytest.fixture
def quantised(make_model):
    """A quantised perceptron with a weight quantiser behind a Transpose, and a batch norm's arithmetic."""
    rng = np.random.default_rng(3)
    model = make_model(
        "float[2,12] x",
        "float[2,5] y",
        """
        xq = Quant<narrow: int = 0, signed: int = 1, rounding_mode: string = "ROUND">(x, s1, z, b4)
        w1q = Quant<narrow: int = 1, signed: int = 1, rounding_mode: string = "ROUND">(w1, s2, z, b4)
        w1t = Transpose<perm = [1, 0]>(w1q)
        h = MatMul(xq, w1t)
        centred = Sub(h, mean)
        width = Sqrt(variance)
        scaled = Div(centred, width)
        gained = Mul(scaled, gain)
        biased = Add(gained, bias)
        r = Relu(biased)
        rq = Quant<narrow: int = 0, signed: int = 0, rounding_mode: string = "ROUND">(r, s1, z, b4)
        w2q = Quant<narrow: int = 1, signed: int = 1, rounding_mode: string = "ROUND">(w2, s2, z, b4)
        logits = MatMul(rq, w2q)
        y = Softmax<axis = -1>(logits)
        """,
        opset=13,
        infer=False,
        w1=rng.standard_normal((8, 12)),
        w2=rng.standard_normal((8, 5)),
        s1=0.13,
        s2=0.21,
        z=0.0,
        b4=4.0,
        mean=rng.standard_normal(8),
        variance=rng.uniform(0.5, 2, 8),
        gain=rng.standard_normal(8),
        bias=rng.standard_normal(8),
    )
    for node in model.graph.node:
        if node.op_type == "Quant":
            node.domain = "qonnx.custom_op.general"
    model.model.opset_import.append(helper.make_opsetid("qonnx.custom_op.general", 1))
    return model


@pytest.mark.parametrize("record", SETS, ids=lambda record: record.name)
def test_a_set_keeps_what_a_quantised_model_computes(record, quantised, run, rng):
    x = rng.standard_normal((2, 12)).astype(np.float32)
    (expected,) = run(quantised, x=x)
    model = quantised
    for member in members(record):
        model = model.transform(member())
    (actual,) = run(model, **{model.graph.input[0].name: x})
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-6)


def test_quantization_annotates_the_tensors(quantised):
    model = quantised.transform(GiveUniqueNodeNames())
    (record,) = (record for record in SETS if record.name == "quantization")
    for member in members(record):
        model = model.transform(member())
    assert member is InferDataTypes
    assert model.get_nodes_by_op_type("Transpose") == []
    assert model.get_tensor_datatype("y") == DataType["FLOAT32"]


def test_optimization_merges_the_batch_norm_s_arithmetic(quantised, op_counts):
    model = quantised
    for name in ("folding", "optimization_transforms"):
        for member in members(next(record for record in SETS if record.name == name)):
            model = model.transform(member())
    counts = op_counts(model)
    assert (counts.get("Sub"), counts.get("Div"), counts["Mul"], counts["Add"]) == (None, None, 1, 1)
