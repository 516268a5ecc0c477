# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""LutActivation: the custom op of the kernel."""

from __future__ import annotations

from brainsmith_kernels.integer_kernel_op import IntegerKernelOp
from brainsmith_kernels.lut_activation.specification import LutActivationSpecification


class LutActivation(IntegerKernelOp):
    """An elementwise function of integers of at most 8 bits, ``PE`` elements of the last axis in each cycle.

    ``table`` gives the outputs from the least input to the greatest; without one they follow from
    ``function`` and the scales.
    """

    specification = LutActivationSpecification
    folding = {"PE": "NumChannels"}  # noqa: RUF012
    fields = {  # noqa: RUF012
        "function": ("s", False, "identity"),
        "input_scale": ("f", False, 1.0),
        "output_scale": ("f", False, 1.0),
        "table": ("ints", False, []),
    }
