# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""FuseDecomposedNorm: a normalisation written out in elementary operators becomes one node."""

from __future__ import annotations

from typing import Any

from qonnx.transformation.base import Transformation

from brainsmith_kernels.domain import onnx_opset
from brainsmith_kernels.graph import GraphIndex, replace_nodes
from brainsmith_kernels.layernorm.infer import make_layer_norm
from brainsmith_kernels.layernorm.normalization import make_normalization
from brainsmith_kernels.layernorm.pattern import find_decomposed_norms


class FuseDecomposedNorm(Transformation):
    """Replace ``(x - mean) / sqrt(variance + epsilon)`` over the last axes with one node.

    Recognised are squares by Pow and by Mul, one or two subtractions, and a division or a product with a
    reciprocal. The node is ONNX's LayerNormalization with unit scale where the model's opset has it (from
    17 on), otherwise the kernel's, which takes the last axis only. A scale and a bias stay as they are.
    """

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a normalisation was found."""
        standard = onnx_opset(model) >= 17
        for match in find_decomposed_norms(GraphIndex(model)):
            words = (model, match.input, match.output, match.nodes[-1].name, match.epsilon)
            if standard:
                replace_nodes(model, match.nodes, [make_normalization(*words, axis=match.axis)])
                return model, True
            if match.axis == -1:
                replace_nodes(model, match.nodes, [make_layer_norm(*words)])
                return model, True
        return model, False
