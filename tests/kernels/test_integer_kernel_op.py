# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What the custom ops of hardware kernels promise."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

import finn_brainsmith
from brainsmith_core.errors import BuildError, HardwareError
from brainsmith_core.hardware import HardwareKernel, lacking
from brainsmith_kernels.domain import DOMAIN
from brainsmith_kernels.lut_activation.specification import LutActivationSpecification

OPS = {
    "IntLayerNorm": {"input_scale": 0.0625, "output_scale": 0.03125, "outputDataType": "INT8"},
    "IntRMSNorm": {"input_scale": 0.0625, "output_scale": 0.03125, "outputDataType": "INT8"},
    "IntSoftmax": {"input_scale": 0.0625, "output_scale": 2.0**-8, "outputDataType": "UINT8"},
    "LutActivation": {
        "function": "gelu",
        "input_scale": 0.03125,
        "output_scale": 0.03125,
        "outputDataType": "INT8",
    },
}

OTHER = {"size": "6", "simd": "3", "input_type": "UINT3", "input_scale": "0.3"}


def make(op_type, datatype="INT8", **attributes):
    node = helper.make_node(op_type, ["x"], ["y"], domain=DOMAIN, **{**OPS[op_type], **attributes})
    tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 5, 12]) for name in "xy"]
    graph = helper.make_graph([node], "g", tensors[:1], tensors[1:])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]
    model = ModelWrapper(helper.make_model(graph, opset_imports=opsets, ir_version=8))
    model.set_tensor_datatype("x", DataType[datatype])
    return model.transform(InferShapes()).transform(InferDataTypes())


def test_an_input_that_is_float_for_a_while_keeps_its_type(run):
    model = make("IntSoftmax", datatype="INT4")
    model.set_tensor_datatype("x", DataType["FLOAT32"])
    model = model.transform(InferDataTypes())
    assert getCustomOp(model.graph.node[0]).get_nodeattr("inputDataType") == "INT4"
    with pytest.raises(BuildError, match="was given other values than INT4"):
        getCustomOp(model.graph.node[0]).compute(np.full((2, 5, 12), 0.5, dtype=np.float32))


@pytest.mark.parametrize("op_type", OPS)
def test_the_node_records_shape_and_datatypes(op_type):
    model = make(op_type, datatype="UINT4")
    op = getCustomOp(model.graph.node[0])
    assert op.get_nodeattr("inputDataType") == "UINT4"
    assert list(op.get_nodeattr("numInputVectors")) == [2, 5]
    assert model.get_tensor_datatype("y").name == OPS[op_type]["outputDataType"]
    assert (op.parameters().size, op.parameters().simd) == (12, 1)
    assert op.parameters().input_scale == OPS[op_type]["input_scale"]


@pytest.mark.parametrize("op_type", OPS)
def test_cycles_are_one_for_each_word_whatever_the_folding(op_type):
    model = make(op_type)
    op = getCustomOp(model.graph.node[0])
    op.set_nodeattr("PE" if op_type == "LutActivation" else "SIMD", 4)
    assert op.get_exp_cycles() == 10 * 3


@pytest.mark.parametrize("op_type", OPS)
def test_a_float_input_is_an_error(op_type):
    op = getCustomOp(make(op_type, datatype="FLOAT32").graph.node[0])
    with pytest.raises(HardwareError, match="'FLOAT32' is not an integer type"):
        op.verify_node()


@pytest.mark.parametrize("value", [0.5, 128.0, -129.0])
def test_values_that_are_not_of_the_input_s_type_are_an_error(value, run):
    with pytest.raises(BuildError, match="other values than INT8"):
        getCustomOp(make("IntSoftmax").graph.node[0]).compute(np.full((1, 12), value))


def test_a_table_on_the_node_comes_first(run):
    model = make("LutActivation", datatype="UINT2", table=[3, -1, 4, -2])
    x = np.tile(np.arange(4, dtype=np.float32), 30).reshape(2, 5, 12)
    (result,) = run(model, x=x)
    assert result.ravel()[:4].tolist() == [3, -1, 4, -2]


def test_a_saved_model_runs_in_a_fresh_process(in_fresh_process, tmp_path):
    make("IntSoftmax").save(tmp_path / "model.onnx")
    text = """
import sys, numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
y = execute_onnx(ModelWrapper(sys.argv[1]), {"x": np.zeros((2, 5, 12), np.float32)})["y"]
print(sorted(set(y.ravel())))
"""
    assert "21.0" in in_fresh_process(text, tmp_path / "model.onnx")


@pytest.mark.parametrize("op_type", OPS)
def test_it_is_a_kernel_for_hardware(op_type):
    op = getCustomOp(make(op_type).graph.node[0])
    assert lacking(type(op), HardwareKernel) == ()
    (source,), (sink,) = op.input_tensors(), op.output_tensors()
    assert (source.name, source.shape, source.datatype) == ("x", (2, 5, 12), "INT8")
    assert (sink.name, sink.shape, sink.datatype) == ("y", (2, 5, 12), OPS[op_type]["outputDataType"])


def test_a_node_carries_the_table_of_its_parameters():
    parameters = LutActivationSpecification.parse({"input_type": "UINT2"}).with_table()
    attributes = finn_brainsmith.LutActivation.node_attributes(parameters)
    node = helper.make_node("LutActivation", ["x"], ["y"], domain=DOMAIN, **attributes)
    assert getCustomOp(node).parameters().table == parameters.table
