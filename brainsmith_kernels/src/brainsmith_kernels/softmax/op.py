# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""IntSoftmax: the custom op of the kernel."""

from __future__ import annotations

from brainsmith_kernels.integer_kernel_op import IntegerKernelOp
from brainsmith_kernels.softmax.specification import SoftmaxSpecification


class IntSoftmax(IntegerKernelOp):
    """Softmax of integers along the last axis, as hardware computes it; ``SIMD`` elements in each cycle."""

    specification = SoftmaxSpecification
    fields = {  # noqa: RUF012
        "input_scale": ("f", True, 1.0),
        "output_scale": ("f", True, 1.0),
    }
