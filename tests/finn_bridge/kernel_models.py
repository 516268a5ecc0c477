# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Models with kernels of other packs between two matrix products, in the dialect that FINN converts."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.general import GiveUniqueNodeNames
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

#: Rows of a frame, and what goes into, through and out of the model in a row.
ROWS, INPUTS, WIDTH, OUTPUTS = 3, 16, 24, 8
OURS = {
    "IntLayerNorm": {"input_scale": 0.25, "output_scale": 0.25, "outputDataType": "INT4"},
    "LutActivation": {
        "function": "gelu",
        "input_scale": 0.25,
        "output_scale": 0.25,
        "outputDataType": "INT4",
    },
    "IntRMSNorm": {"input_scale": 0.25, "output_scale": 0.25, "outputDataType": "INT4"},
    "IntSoftmax": {"input_scale": 0.25, "output_scale": 0.0625, "outputDataType": "UINT4"},
}


def leaky_model():
    """A LeakyRelu and a Floor, of which the pack's transform makes its kernel."""
    nodes = [
        helper.make_node("LeakyRelu", ["levels"], ["leaked"], alpha=0.25),
        helper.make_node("Floor", ["leaked"], ["kept"]),
    ]
    return _between_products(nodes, "kept")


def kernel_model():
    """The four kernels of the project's own pack, one after the other, as nodes already."""
    return _between_products(*_chain("levels"))


def _between_products(nodes, tensor):
    rng = np.random.default_rng(7)
    shapes = {"x": INPUTS, "y": OUTPUTS}
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, ROWS, width])
        for name, width in shapes.items()
    ]
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "w0"], ["products"]),
            helper.make_node(
                "MultiThreshold",
                ["products", "thresholds"],
                ["levels"],
                domain="qonnx.custom_op.general",
                out_dtype="INT4",
                out_bias=-8.0,
                data_layout="NHWC",
            ),
            *nodes,
            helper.make_node("MatMul", [tensor, "w1"], ["y"]),
        ],
        "model",
        ends[:1],
        ends[1:],
    )
    domains = ["", "qonnx.custom_op.general", *sorted({node.domain for node in nodes} - {""})]
    opsets = [helper.make_opsetid(domain, 17 if not domain else 1) for domain in domains]
    model = ModelWrapper(helper.make_model(graph, opset_imports=opsets, ir_version=8))
    weights = {"w0": (INPUTS, WIDTH), "w1": (WIDTH, OUTPUTS)}
    for name, shape in weights.items():
        model.set_initializer(name, rng.integers(-8, 8, shape).astype(np.float32))
        model.set_tensor_datatype(name, DataType["INT4"])
    steps = np.sort(rng.integers(-400, 400, (WIDTH, 15)), axis=1).astype(np.float32)
    model.set_initializer("thresholds", steps)
    model.set_tensor_datatype("x", DataType["INT4"])
    return model


def leaky_pair():
    """The two kernels of the pack ``leaky`` as nodes: one tensor in and two, elements of 5 bits."""
    names = ["x", "b", "y"]
    tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, ROWS, WIDTH]) for name in names]
    nodes = [
        helper.make_node("LeakyRelu2", ["x"], ["leaked"], domain="leaky_pack.ops", shift=2),
        helper.make_node("Midpoint", ["leaked", "b"], ["y"], domain="leaky_pack.ops", shift=1),
    ]
    graph = helper.make_graph(nodes, "pair", tensors[:2], tensors[2:])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("leaky_pack.ops", 1)]
    model = ModelWrapper(helper.make_model(graph, opset_imports=opsets, ir_version=8))
    for name in names[:2]:
        model.set_tensor_datatype(name, DataType["INT5"])
    return _named(model)


def ours():
    """The four kernels of the project's own pack on integers of 4 bits, without anything around them."""
    nodes, _ = _chain("x")
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, ROWS, WIDTH]) for name in ("x", "y")]
    nodes[-1].output[0] = "y"
    graph = helper.make_graph(nodes, "ours", ends[:1], ends[1:])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("finn_brainsmith", 1)]
    model = ModelWrapper(helper.make_model(graph, opset_imports=opsets, ir_version=8))
    model.set_tensor_datatype("x", DataType["INT4"])
    return _named(model)


def _named(model):
    model = model.transform(InferShapes()).transform(InferDataTypes())
    return model.transform(GiveUniqueNodeNames())


def _chain(tensor):
    nodes = []
    for op_type, attributes in OURS.items():
        output = f"{op_type}_out"
        nodes.append(helper.make_node(op_type, [tensor], [output], domain="finn_brainsmith", **attributes))
        tensor = output
    return nodes, tensor
