# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""InferSoftmax: standard softmaxes become nodes of the kernel."""

from __future__ import annotations

from typing import Any

from onnx import NodeProto
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.base import Transformation

from brainsmith_kernels.domain import is_standard, make_kernel_node, onnx_opset
from brainsmith_kernels.graph import GraphIndex, attribute, replace_nodes


class InferSoftmax(Transformation):
    """Replace each float Softmax over the last axis of a tensor whose shape is known."""

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a node was replaced."""
        index = GraphIndex(model)
        # Before version 13 the axis was 1 by default, and all axes from there on were taken as one.
        default = -1 if onnx_opset(model) >= 13 else 1
        found = [node for node in model.graph.node if is_standard(node, "Softmax")]
        chosen = [node for node in found if _is_over_last_axis(index, node, default)]
        for node in chosen:
            kernel = make_kernel_node(model, "Softmax", [node.input[0]], node.output[0], name=node.name)
            getCustomOp(kernel).infer_node_datatype(model)
            replace_nodes(model, [node], [kernel])
        return model, bool(chosen)


def _is_over_last_axis(index: GraphIndex, node: NodeProto, default: int) -> bool:
    shape = index.shape(node.input[0])
    if not shape or not index.is_float(node.input[0]):
        return False
    axis = int(attribute(node, "axis", default))
    return axis in (-1, len(shape) - 1)
