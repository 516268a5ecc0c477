# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""FuseErfGelu: a GELU written out with Erf becomes one node."""

from __future__ import annotations

from typing import Any

from onnx import helper
from qonnx.transformation.base import Transformation

from brainsmith_kernels.domain import onnx_opset
from brainsmith_kernels.gelu.infer import make_gelu
from brainsmith_kernels.gelu.pattern import find_erf_gelu
from brainsmith_kernels.graph import GraphIndex, replace_nodes


class FuseErfGelu(Transformation):
    """Replace ``x · 0.5 · (1 + erf(x / √2))``, multiplied in any order, with one node.

    The node is ONNX's Gelu where the model's opset has it (from 20 on), otherwise the kernel's.
    """

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a GELU was found."""
        match = find_erf_gelu(GraphIndex(model))
        if match is None:
            return model, False
        name = match.nodes[-1].name
        if onnx_opset(model) >= 20:
            fused = helper.make_node("Gelu", [match.input], [match.output], name=name)
        else:
            fused = make_gelu(model, match.input, match.output, name, "none")
        replace_nodes(model, match.nodes, [fused])
        return model, True
