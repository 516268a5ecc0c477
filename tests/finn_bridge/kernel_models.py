# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Models with kernels of other packs between two matrix products, in the dialect that FINN converts."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

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
    nodes, tensor = [], "levels"
    for op_type, attributes in OURS.items():
        output = f"{op_type}_out"
        nodes.append(helper.make_node(op_type, [tensor], [output], domain="finn_brainsmith", **attributes))
        tensor = output
    return _between_products(nodes, tensor)


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
