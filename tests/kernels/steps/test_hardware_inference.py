# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The step ``hardware_inference``."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from qonnx.core.datatype import DataType

from brainsmith_core.blueprint.plan import PlannedKernel
from brainsmith_kernels import plugins
from brainsmith_kernels.steps.hardware_inference import hardware_inference

KERNELS = {record.name: record for record in plugins.kernels()}
INFERRED = [name for record in plugins.transforms() for name in record.creates]
TRANSFORMS = {record.name: record for record in plugins.transforms()}


@pytest.fixture
def block(make_model):
    return make_model(
        "float[2,8] x",
        "float[2,4] y",
        "n = LayerNormalization(x, s) h = MatMul(n, w) g = Gelu(h) y = Softmax(g)",
        opset=20,
        infer=False,
        s=np.full(8, 2.0),
        w=np.random.default_rng(8).standard_normal((8, 4)),
    )


def planned(*names):
    return [PlannedKernel(record=KERNELS[name], inference=(TRANSFORMS[f"Infer{name}"],)) for name in names]


@pytest.mark.parametrize(
    "cfg",
    [None, SimpleNamespace(), SimpleNamespace(kernels=()), SimpleNamespace(kernels=None)],
    ids=["nothing", "another framework's", "empty", "none"],
)
def test_without_kernels_to_choose_from_all_are_inferred(cfg, block, op_counts):
    expected = {f"kernel.{name}": 1 for name in INFERRED} | {"Mul": 1}
    assert op_counts(hardware_inference(block, cfg)) == expected


def test_only_the_kernels_of_the_build_are_inferred(block, op_counts):
    cfg = SimpleNamespace(kernels=planned("Softmax", "MatMul"))
    assert op_counts(hardware_inference(block, cfg)) == {
        "LayerNormalization": 1,
        "kernel.MatMul": 1,
        "Gelu": 1,
        "kernel.Softmax": 1,
    }


def test_a_kernel_that_nothing_infers_changes_nothing(block, op_counts):
    cfg = SimpleNamespace(kernels=[PlannedKernel(record=KERNELS["Gelu"])])
    assert op_counts(hardware_inference(block, cfg)) == op_counts(block)


def test_the_values_stay(block, run, reference, rng):
    x = rng.standard_normal((2, 8)).astype(np.float32)
    np.testing.assert_allclose(
        run(hardware_inference(block, None), x=x)[0], reference(block, x=x)[0], rtol=1e-5, atol=1e-6
    )


def test_shapes_and_datatypes_are_known_afterwards(block):
    block.set_tensor_datatype("x", DataType["INT8"])
    model = hardware_inference(block, None)
    assert model.check_all_tensor_shapes_specified()
    assert model.get_tensor_datatype("y") == DataType["FLOAT32"]


def test_integer_operands_are_found_without_having_been_annotated(make_model):
    model = make_model(
        "float[2,8] x", "float[2,4] y", "s = Sign(x) y = MatMul(s, w)", infer=False, w=np.ones((8, 4))
    )
    model.set_tensor_datatype("w", DataType["BIPOLAR"])
    inferred = hardware_inference(model, None)
    assert inferred.get_tensor_datatype("y") == DataType["INT5"]


def test_the_model_that_was_given_stays_as_it_is(block):
    before = block.model.SerializeToString(deterministic=True)
    hardware_inference(block, None)
    assert block.model.SerializeToString(deterministic=True) == before
