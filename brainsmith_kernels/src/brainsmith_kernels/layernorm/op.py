# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""LayerNorm: the custom ops of the kernel, on floats and on integers."""

from __future__ import annotations

import math
from typing import Any

from brainsmith_kernels.integer_kernel_op import IntegerKernelOp
from brainsmith_kernels.kernel_op import KernelOp
from brainsmith_kernels.layernorm.specification import LayerNormSpecification, layer_norm


class LayerNorm(KernelOp):
    """Normalisation of the last axis, ``NumChannels`` long; ``SIMD`` elements in each cycle.

    Scale and bias are nodes of their own, so that they can merge with what follows.
    """

    folding = {"SIMD": "NumChannels"}  # noqa: RUF012

    def get_nodeattr_types(self) -> dict[str, Any]:
        """Those of every kernel, and ``epsilon``, which is added to the variance."""
        return super().get_nodeattr_types() | {"epsilon": ("f", False, 1e-5)}

    def record(self, model: Any) -> None:
        """Write the input's shape and datatype onto the node."""
        self._record_rows(model)

    def count_cycles(self) -> int:
        """One pass over each row; the passes for mean and variance of the next row overlap with it."""
        words = self.get_nodeattr("NumChannels") // self.get_nodeattr("SIMD")
        return int(math.prod(self.get_nodeattr("numInputVectors")) * words)

    def compute(self, *operands: Any) -> Any:
        """The normalised rows."""
        return layer_norm(operands[0], self.get_nodeattr("epsilon"))


class IntLayerNorm(IntegerKernelOp):
    """Normalisation of integers along the last axis, as hardware computes it; ``SIMD`` in each cycle."""

    specification = LayerNormSpecification
    fields = {  # noqa: RUF012
        "input_scale": ("f", True, 1.0),
        "output_scale": ("f", True, 1.0),
        "epsilon": ("f", False, 1e-5),
    }
