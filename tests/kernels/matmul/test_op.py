# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The custom op MatMul."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.core.datatype import DataType
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.infer_datatypes import InferDataTypes

from brainsmith_kernels.matmul.infer import InferMatMul
from brainsmith_kernels.matmul.specification import float_matmul, integer_matmul


@pytest.fixture
def weighted(make_model, rng):
    weights = rng.integers(-8, 8, (6, 4))
    model = make_model(
        "float[2,3,6] x", "float[2,3,4] y", "y = MatMul(x, w)", opset=13, w=weights.astype(np.float32)
    )
    model.set_tensor_datatype("w", DataType["INT4"])
    return model, weights


def test_float_operands_execute_as_specified_bit_for_bit(make_model, run, rng):
    w = rng.standard_normal((6, 4)).astype(np.float32)
    x = rng.standard_normal((2, 3, 6)).astype(np.float32)
    model = make_model("float[2,3,6] x", "float[2,3,4] y", "y = MatMul(x, w)", opset=13, w=w)
    np.testing.assert_array_equal(run(model.transform(InferMatMul()), x=x)[0], float_matmul(x, w))


def test_integer_operands_execute_exactly(weighted, run, rng):
    model, weights = weighted
    model.set_tensor_datatype("x", DataType["INT8"])
    model = model.transform(InferMatMul())
    x = rng.integers(-128, 128, (2, 3, 6))
    (y,) = run(model, x=x.astype(np.float32))
    np.testing.assert_array_equal(y, x @ weights)
    np.testing.assert_array_equal(y, integer_matmul(x, weights))


def test_the_output_s_datatype_is_the_accumulator_s(weighted):
    model, weights = weighted
    model.set_tensor_datatype("x", DataType["UINT2"])
    model = model.transform(InferMatMul())
    reach = 3 * np.where(weights > 0, weights, 0).sum(axis=0).max()
    found = model.get_tensor_datatype("y")
    assert found.min() <= 3 * np.where(weights < 0, weights, 0).sum(axis=0).min()
    assert reach <= found.max()
    assert getCustomOp(model.graph.node[0]).get_nodeattr("outputDataType") == found.name


def test_one_float_operand_makes_the_output_float(weighted):
    model, _ = weighted
    model = model.transform(InferMatMul()).transform(InferDataTypes())
    assert model.get_tensor_datatype("y") == DataType["FLOAT32"]


def test_cycles_count_every_vector_and_every_fold(weighted):
    model, _ = weighted
    op = getCustomOp(model.transform(InferMatMul()).graph.node[0])
    assert op.get_exp_cycles() == 2 * 3 * 6 * 4
    op.set_nodeattr("SIMD", 3)
    op.set_nodeattr("PE", 2)
    assert op.get_exp_cycles() == 2 * 3 * 2 * 2


def test_batches_of_both_operands_count(make_model):
    model = make_model("float[7,1,3,6] x, float[5,6,4] w", "float[7,5,3,4] y", "y = MatMul(x, w)", opset=13)
    op = getCustomOp(model.transform(InferMatMul()).graph.node[0])
    assert op.get_nodeattr("numInputVectors") == [7, 5, 3]
