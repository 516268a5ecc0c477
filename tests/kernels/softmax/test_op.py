# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The custom op IntSoftmax."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.core.datatype import DataType
from qonnx.custom_op.registry import getCustomOp

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.domain import make_kernel_node
from brainsmith_kernels.graph import replace_nodes


@pytest.fixture
def make_op(make_model):
    def make(datatype="INT8", **words):
        model = make_model("float[3,5,8] x", "float[3,5,8] y", "y = Identity(x)")
        model.set_tensor_datatype("x", DataType[datatype])
        words = {"input_scale": 0.125, "output_scale": 1 / 256, "outputDataType": "UINT8"} | words
        kernel = make_kernel_node(model, "IntSoftmax", ["x"], "y", name="attention", **words)
        replace_nodes(model, list(model.graph.node), [kernel])
        op = getCustomOp(model.graph.node[0])
        op.infer_node_datatype(model)
        return model, op

    return make


def test_it_executes_as_specified_bit_for_bit(make_op, run, rng):
    model, op = make_op()
    x = rng.integers(-128, 128, (3, 5, 8)).astype(np.float32)
    expected = op.parameters().compute(x.reshape(-1, 8).astype(np.int64))
    np.testing.assert_array_equal(run(model, x=x)[0].reshape(-1, 8), expected)


def test_its_output_is_annotated(make_op):
    model, _ = make_op()
    assert model.get_tensor_datatype("y") == DataType["UINT8"]


def test_rows_masked_throughout_share_alike(make_op, run):
    model, _ = make_op()
    assert (run(model, x=np.full((3, 5, 8), -128, dtype=np.float32))[0] == 32).all()


def test_cycles_count_every_word_of_every_row(make_op):
    _, op = make_op()
    op.set_nodeattr("SIMD", 4)
    assert op.get_exp_cycles() == 3 * 5 * 2


@pytest.mark.parametrize(
    ("datatype", "words", "fact"),
    [
        ("FLOAT32", {}, "not an integer type"),
        ("INT12", {}, "no table"),
        ("INT8", {"outputDataType": "FLOAT32"}, "not an integer type"),
        ("INT8", {"input_scale": 0.0}, "input_scale=0.0 is no scale"),
        ("INT8", {"input_scale": -1.0}, "input_scale=-1.0 is no scale"),
        ("INT8", {"output_scale": 0.0}, "output_scale=0.0 is no scale"),
    ],
)
def test_bad_parameters_are_errors_that_say_so(datatype, words, fact, make_op):
    with pytest.raises(HardwareError, match=fact):
        make_op(datatype, **({"outputDataType": "UINT8"} | words))[1].verify_node()
