# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Softmax: the custom ops of the kernel, on floats and on integers."""

from __future__ import annotations

import math
from typing import Any

from brainsmith_kernels.integer_kernel_op import IntegerKernelOp
from brainsmith_kernels.kernel_op import KernelOp
from brainsmith_kernels.softmax.specification import SoftmaxSpecification, softmax


class Softmax(KernelOp):
    """Softmax over the last axis, ``NumChannels`` long; ``SIMD`` elements in each cycle."""

    folding = {"SIMD": "NumChannels"}  # noqa: RUF012

    def record(self, model: Any) -> None:
        """Write the input's shape and datatype onto the node."""
        self._record_rows(model)

    def count_cycles(self) -> int:
        """One pass over each row; the passes for maximum and sum of the next rows overlap with it."""
        words = self.get_nodeattr("NumChannels") // self.get_nodeattr("SIMD")
        return int(math.prod(self.get_nodeattr("numInputVectors")) * words)

    def compute(self, *operands: Any) -> Any:
        """The rows' softmax."""
        return softmax(*operands)


class IntSoftmax(IntegerKernelOp):
    """Softmax of integers along the last axis, as hardware computes it; ``SIMD`` elements in each cycle."""

    specification = SoftmaxSpecification
    fields = {  # noqa: RUF012
        "input_scale": ("f", True, 1.0),
        "output_scale": ("f", True, 1.0),
    }
