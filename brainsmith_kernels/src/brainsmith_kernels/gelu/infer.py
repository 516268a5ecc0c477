# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""InferGelu: GELUs become nodes of the kernel."""

from __future__ import annotations

from typing import Any

from onnx import NodeProto
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.base import Transformation

from brainsmith_kernels.domain import is_standard, make_kernel_node
from brainsmith_kernels.gelu.pattern import find_erf_gelu
from brainsmith_kernels.graph import GraphIndex, attribute, replace_nodes


class InferGelu(Transformation):
    """Replace each ONNX Gelu, and each GELU that is written out with Erf, whose shape is known."""

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a node was replaced."""
        index = GraphIndex(model)
        if match := find_erf_gelu(index):
            kernel = make_gelu(model, match.input, match.output, match.nodes[-1].name, "none")
            replace_nodes(model, match.nodes, [kernel])
            return model, True
        for node in model.graph.node:
            if is_standard(node, "Gelu") and index.shape(node.input[0]) and index.is_float(node.input[0]):
                approximate = attribute(node, "approximate", b"none").decode()
                kernel = make_gelu(model, node.input[0], node.output[0], node.name, approximate)
                replace_nodes(model, [node], [kernel])
                return model, True
        return model, False


def make_gelu(model: Any, source: str, output: str, name: str, approximate: str) -> NodeProto:
    """A node of the kernel between the two tensors, with its attributes recorded."""
    kernel = make_kernel_node(model, "Gelu", [source], output, name=name, approximate=approximate)
    getCustomOp(kernel).infer_node_datatype(model)
    return kernel
