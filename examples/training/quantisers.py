# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The quantisers of both examples: one scale for a whole tensor, a power of two, and no zero point.

Such scales are shifts in hardware and exact in floating point, and a streamlining flow can move them past
linear operations.
"""

from __future__ import annotations

from brevitas.inject.enum import ScalingImplType
from brevitas.nn import QuantIdentity, QuantLinear
from brevitas.quant.fixed_point import (
    Int8ActPerTensorFixedPoint,
    Int8WeightPerTensorFixedPoint,
    Uint8ActPerTensorFixedPoint,
)

PIXEL_BITS = 5


def linear(inputs: int, outputs: int) -> QuantLinear:
    """A matrix product with 4-bit signed weights and no bias."""
    return QuantLinear(
        inputs, outputs, bias=False, weight_quant=Int8WeightPerTensorFixedPoint, weight_bit_width=4
    )


def pixels() -> QuantIdentity:
    """Whole numbers 0 to 31 with scale 1: it leaves the digits' pixels, 0 to 16, as they are."""
    return QuantIdentity(
        act_quant=Uint8ActPerTensorFixedPoint,
        bit_width=PIXEL_BITS,
        scaling_impl_type=ScalingImplType.CONST,
        scaling_init=2.0**PIXEL_BITS,
    )


def unsigned(bits: int) -> QuantIdentity:
    """An activation that is never negative; its scale is learned."""
    return QuantIdentity(act_quant=Uint8ActPerTensorFixedPoint, bit_width=bits)


def signed(bits: int) -> QuantIdentity:
    """An activation of either sign; its scale is learned."""
    return QuantIdentity(act_quant=Int8ActPerTensorFixedPoint, bit_width=bits)
