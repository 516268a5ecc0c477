# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""ConvertDivToMul: a division by a constant becomes a multiplication."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import helper
from qonnx.transformation.base import Transformation

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import GraphIndex, new_constant, replace_nodes


class ConvertDivToMul(Transformation):
    """Replace each division of a float tensor by a constant with a multiplication by its reciprocal.

    The reciprocal is rounded to the constant's type; divisors whose reciprocal is not finite and normal
    there are left. Integer divisions are left, too: they truncate.
    """

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a node was replaced."""
        index = GraphIndex(model)
        modified = False
        for node in [node for node in model.graph.node if is_standard(node, "Div")]:
            divisor = index.constant(node.input[1])
            if divisor is None or not np.issubdtype(divisor.dtype, np.floating):
                continue
            with np.errstate(divide="ignore"):
                reciprocal = (1.0 / divisor.astype(np.float64)).astype(divisor.dtype)
            if not (np.isfinite(reciprocal) & (np.abs(reciprocal) >= np.finfo(divisor.dtype).tiny)).all():
                continue
            factor = new_constant(model, f"{node.input[1]}_reciprocal", reciprocal)
            product = helper.make_node("Mul", [node.input[0], factor], list(node.output), name=node.name)
            replace_nodes(model, [node], [product])
            modified = True
        return model, modified
