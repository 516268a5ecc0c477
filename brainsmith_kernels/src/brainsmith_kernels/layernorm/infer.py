# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""InferLayerNorm: layer normalisations become nodes of the kernel."""

from __future__ import annotations

from typing import Any

from onnx import NodeProto
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.base import Transformation

from brainsmith_kernels.domain import make_kernel_node
from brainsmith_kernels.graph import GraphIndex, replace_nodes
from brainsmith_kernels.layernorm.normalization import find_normalizations, split
from brainsmith_kernels.layernorm.pattern import find_decomposed_norms


class InferLayerNorm(Transformation):
    """Replace each normalisation of the last axis, whole or written out in elementary operators.

    A scale and a bias become a Mul and an Add behind the kernel's node.
    """

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a node was replaced."""
        index = GraphIndex(model)
        for written in find_decomposed_norms(index):
            if written.axis == -1:
                name = written.nodes[-1].name
                kernel = make_layer_norm(model, written.input, written.output, name, written.epsilon)
                replace_nodes(model, written.nodes, [kernel])
                return model, True
        for whole in find_normalizations(index):
            if whole.axis == -1:
                split(index, whole, make_layer_norm)
                return model, True
        return model, False


def make_layer_norm(model: Any, source: str, output: str, name: str, epsilon: float) -> NodeProto:
    """A node of the kernel between the two tensors, with its attributes recorded."""
    kernel = make_kernel_node(model, "LayerNorm", [source], output, name=name, epsilon=float(epsilon))
    getCustomOp(kernel).infer_node_datatype(model)
    return kernel
