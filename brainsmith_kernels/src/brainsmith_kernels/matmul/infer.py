# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""InferMatMul: standard matrix products become nodes of the kernel."""

from __future__ import annotations

from typing import Any

from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.base import Transformation

from brainsmith_kernels.domain import is_standard, make_kernel_node
from brainsmith_kernels.graph import GraphIndex, replace_nodes


class InferMatMul(Transformation):
    """Replace each MatMul of two float operands of at least two dimensions, whose shapes are known."""

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a node was replaced."""
        index = GraphIndex(model)
        found = [node for node in model.graph.node if is_standard(node, "MatMul")]
        chosen = [node for node in found if all(_is_matrix(index, operand) for operand in node.input)]
        for node in chosen:
            kernel = make_kernel_node(model, "MatMul", list(node.input), node.output[0], name=node.name)
            getCustomOp(kernel).infer_node_datatype(model)
            replace_nodes(model, [node], [kernel])
        return model, bool(chosen)


def _is_matrix(index: GraphIndex, tensor: str) -> bool:
    shape = index.shape(tensor)
    return shape is not None and len(shape) > 1 and index.is_float(tensor)
