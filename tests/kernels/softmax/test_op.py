# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The custom op Softmax."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.core.datatype import DataType
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.softmax.infer import InferSoftmax
from brainsmith_kernels.softmax.specification import softmax


@pytest.fixture
def model(make_model):
    body = "y = Softmax<axis = -1>(x)"
    return make_model("float[3,5,8] x", "float[3,5,8] y", body, opset=13).transform(InferSoftmax())


def test_it_executes_as_specified_bit_for_bit(model, run, rng):
    x = rng.standard_normal((3, 5, 8)).astype(np.float32) * 10
    np.testing.assert_array_equal(run(model, x=x)[0], softmax(x))


def test_its_output_is_float(model):
    assert model.get_tensor_datatype("y") == DataType["FLOAT32"]


def test_cycles_count_every_word_of_every_row(model):
    op = getCustomOp(model.graph.node[0])
    op.set_nodeattr("SIMD", 4)
    assert op.get_exp_cycles() == 3 * 5 * 2
