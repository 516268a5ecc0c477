# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What every kernel's custom op promises."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.core.datatype import DataType
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

from brainsmith_core.errors import BuildError
from brainsmith_kernels.gelu.infer import InferGelu
from brainsmith_kernels.layernorm.infer import InferLayerNorm
from brainsmith_kernels.matmul.infer import InferMatMul
from brainsmith_kernels.softmax.infer import InferSoftmax

INTEGERS = {"s": 0.125, "t": 1 / 256, "zero": 0.0, "four": 4.0}
BODIES = {
    "MatMul": ("y = MatMul(x, w)", InferMatMul, {"w": np.ones((12, 12))}),
    "IntLayerNorm": (
        "n = LayerNormalization(x, w) y = {quantised}",
        InferLayerNorm,
        {"w": np.ones(12)} | INTEGERS,
    ),
    "IntSoftmax": ("n = Softmax(x) y = {quantised}", InferSoftmax, INTEGERS),
    "LutActivation": ("n = Gelu(x) y = {quantised}", InferGelu, INTEGERS),
}
FOLDINGS = [
    ("MatMul", "SIMD"),
    ("MatMul", "PE"),
    ("IntLayerNorm", "SIMD"),
    ("IntSoftmax", "SIMD"),
    ("LutActivation", "PE"),
]


@pytest.fixture
def make_kernel(make_model, quantise):
    def make(name):
        body, inference, constants = BODIES[name]
        text = body.format(quantised=quantise("n", "t", bits="four"))
        model = make_model("float[2,3,12] x", "float[2,3,12] y", text, opset=20, **constants)
        model.set_tensor_datatype("x", DataType["INT4" if name != "MatMul" else "FLOAT32"])
        model = model.transform(inference())
        return model, getCustomOp(model.graph.node[0])

    return make


@pytest.mark.parametrize("name", BODIES)
def test_an_inferred_node_passes_its_own_verification(name, make_kernel):
    _, op = make_kernel(name)
    op.verify_node()


@pytest.mark.parametrize("name", BODIES)
def test_shape_inference_finds_the_output_s_shape(name, make_kernel):
    model, _ = make_kernel(name)
    model.graph.output[0].type.tensor_type.ClearField("shape")
    assert model.transform(InferShapes()).get_tensor_shape("y") == [2, 3, 12]


@pytest.mark.parametrize("name", BODIES)
def test_datatype_inference_records_what_the_graph_says(name, make_kernel):
    model, _ = make_kernel(name)
    model.set_tensor_datatype("x", DataType["INT4"])
    model = model.transform(InferDataTypes())
    op = getCustomOp(model.graph.node[0])
    assert op.get_nodeattr("inputDataType") == "INT4"
    output = model.graph.node[0].output[0]
    assert op.get_nodeattr("outputDataType") == model.get_tensor_datatype(output).name
    assert op.get_nodeattr("numInputVectors") == [2, 3]


@pytest.mark.parametrize(("name", "parallel"), FOLDINGS)
def test_folding_divides_the_cycles(name, parallel, make_kernel):
    _, op = make_kernel(name)
    unfolded = op.get_exp_cycles()
    op.set_nodeattr(parallel, 4)
    assert op.get_exp_cycles() * 4 == unfolded


@pytest.mark.parametrize(("name", "parallel"), FOLDINGS)
@pytest.mark.parametrize("width", [5, 0, -1, 24])
def test_a_folding_that_does_not_divide_is_refused_with_those_that_do(name, parallel, width, make_kernel):
    _, op = make_kernel(name)
    op.onnx_node.name = "block_7"
    op.set_nodeattr(parallel, width)
    with pytest.raises(BuildError) as caught:
        op.get_exp_cycles()
    assert caught.value.place == "node block_7"
    assert f"{name} {parallel}={width} does not divide" in caught.value.fact
    assert caught.value.fact.endswith("=12")
    assert caught.value.remedy == "choose one of 1, 2, 3, 4, 6, 12"


@pytest.mark.parametrize("name", BODIES)
def test_a_missing_attribute_is_named(name, make_kernel):
    _, op = make_kernel(name)
    kept = [entry for entry in op.onnx_node.attribute if entry.name != "outputDataType"]
    del op.onnx_node.attribute[:]
    op.onnx_node.attribute.extend(kept)
    with pytest.raises(BuildError, match=f"{name} lacks the attribute outputDataType"):
        op.verify_node()


@pytest.mark.parametrize("name", BODIES)
def test_a_wrong_number_of_inputs_is_named(name, make_kernel):
    _, op = make_kernel(name)
    op.onnx_node.input.append("extra")
    count = len(op.onnx_node.input)
    with pytest.raises(BuildError, match=f"{name} has {count} inputs where it takes {count - 1}"):
        op.verify_node()
