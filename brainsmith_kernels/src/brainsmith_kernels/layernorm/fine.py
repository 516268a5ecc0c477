# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The fine output: a normalised row in so many bits that a scale and a bias may follow."""

from __future__ import annotations

import math

from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.layernorm.specification import MOST_OUTPUT_BITS, LayerNormSpecification


def fine_type() -> IntegerType:
    """The type of the fine output."""
    return IntegerType(MOST_OUTPUT_BITS, signed=True)


def fine_scale(specification: type[LayerNormSpecification], size: int) -> float:
    """The least power of two at which no element of a normalised row of that size is clipped.

    An element is greatest in a row of which only it deviates: the root of ``size - 1``, or of ``size`` where
    no mean is subtracted.
    """
    greatest = math.sqrt(size - 1 if specification.centred else size)
    return 2.0 ** math.ceil(math.log2(greatest / fine_type().maximum))
