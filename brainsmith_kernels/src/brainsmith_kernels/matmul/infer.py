# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""InferMatMul: standard matrix products become nodes of the kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.base import Transformation

from brainsmith_kernels.domain import is_standard, make_kernel_node
from brainsmith_kernels.graph import GraphIndex, remove_unread, replace_nodes
from brainsmith_kernels.quantisation.inference import replace_with_integers
from brainsmith_kernels.quantisation.scaled_integers import ScaledIntegers, extract_integers, read_integers
from brainsmith_kernels.quantisation.unsuited import Unsuited

Array = NDArray[Any]


class InferMatMul(Transformation):
    """Replace each MatMul of two float operands of at least two dimensions, whose shapes are known.

    Where both operands are integers behind scales, the product is of the integers, and the scales follow it:
    exact but for the rounding of scaled sums in float32, which scales that are powers of two do not need.
    ``left`` holds the name of each node whose operands stay floats, and the reason.
    """

    def __init__(self) -> None:
        super().__init__()
        self.left: dict[str, str] = {}

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a node was replaced."""
        index = GraphIndex(model)
        for node in model.graph.node:
            if is_standard(node, "MatMul") and all(_is_matrix(index, operand) for operand in node.input):
                _infer(index, node, self.left)
                return model, True
        return model, False


def _infer(index: GraphIndex, node: NodeProto, left: dict[str, str]) -> None:
    model = index.model
    try:
        operands = [read_integers(index, operand) for operand in node.input]
        scale = _scale(index, node, *operands)
    except Unsuited as reason:
        left[node.name or node.output[0]] = f"on floats, since {reason}"
        replace_nodes(model, [node], [_make(model, list(node.input), node.output[0], node.name)])
        return
    integers = [extract_integers(model, operand) for operand in list(node.input)]
    replace_with_integers(
        model, [node], lambda output: _make(model, integers, output, node.name), node.output[0], scale
    )
    remove_unread(model, model.graph.node)


def _make(model: Any, operands: list[str], output: str, name: str) -> NodeProto:
    kernel = make_kernel_node(model, "MatMul", operands, output, name=name)
    getCustomOp(kernel).infer_node_datatype(model)
    return kernel


def _scale(index: GraphIndex, node: NodeProto, a: ScaledIntegers, b: ScaledIntegers) -> Array:
    """What the integers' product is multiplied by; one number, or one for each column of a constant."""
    if a.zero_point or b.zero_point:
        raise Unsuited("an operand has a zero point")
    scale = np.float32(a.factor) * b.scale
    if scale.size > 1 and scale.size != (index.shape(node.input[1]) or (0,))[-1]:
        raise Unsuited("its second operand has a scale for each row")
    if scale.size > 1 and scale.shape[-1] == 1:
        raise Unsuited("its second operand has a scale for each row")
    return scale.reshape(()) if scale.size == 1 else scale.reshape(-1)


def _is_matrix(index: GraphIndex, tensor: str) -> bool:
    shape = index.shape(tensor)
    return shape is not None and len(shape) > 1 and index.is_float(tensor)
