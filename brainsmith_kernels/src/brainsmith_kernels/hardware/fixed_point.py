# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Fixed-point arithmetic: constants and products, exact to the last bit on every machine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction

import numpy as np

from brainsmith_kernels.hardware.stream import Array

#: Digits with which exponentials are computed; decimal's are correctly rounded, unlike a C library's.
_CONTEXT = Context(prec=60)
#: Bits of a signed machine word that a product may take.
_WORD = 62


def exponentials(scale: float, count: int, bits: int) -> tuple[int, ...]:
    """``exp(-scale · d)`` for ``d`` from 0, as integers of which the first, for 1, has all bits set."""
    unit, rate = Decimal((1 << bits) - 1), -Decimal(scale)
    powers = (_CONTEXT.exp(_CONTEXT.multiply(rate, Decimal(d))) for d in range(count))
    return tuple(round(_CONTEXT.multiply(unit, power)) for power in powers)


def rounded(value: Fraction) -> int:
    """The nearest integer, halves upwards."""
    return math.floor(value + Fraction(1, 2))


def rounded_root(value: Fraction) -> int:
    """The nearest integer to the square root of a value that is not negative."""
    doubled = math.isqrt(math.floor(4 * value))
    return (doubled + 1) // 2


def signed_digits(number: int) -> list[tuple[int, int]]:
    """The fewest signed powers of two whose sum is a positive number, as (sign, exponent), greatest first.

    The canonical recoding of Reitwiesner, "Binary Arithmetic", 1960: a product with a constant by shifts.
    """
    digits = []
    exponent = 0
    while number:
        if number & 1:
            sign = 2 - (number & 3)
            digits.append((sign, exponent))
            number -= sign
        number >>= 1
        exponent += 1
    return digits[::-1]


def rounded_products(factors: Array, multipliers: Sequence[int], shift: int) -> Array:
    """``floor(factor · multiplier / 2^shift + 1/2)`` for each element of each row.

    ``factors`` is int64 of shape ``(n, size)``; ``multipliers`` are n integers of any width, not negative;
    ``shift`` is at least 1. The results must fit 64 bits.
    """
    factor_bits = int(np.abs(factors).max(initial=1)).bit_length()
    width = max(1, *(number.bit_length() for number in multipliers))
    limbs = -(-width // (_WORD - factor_bits))
    limb = -(-width // limbs)
    rest = shift - limb * (limbs - 1)
    if not 1 <= rest <= _WORD:
        exact = factors.astype(object) * np.asarray(multipliers, dtype=object)[:, np.newaxis]
        nearest: Array = ((exact + (1 << (shift - 1))) >> shift).astype(np.int64)
        return nearest
    mask = (1 << limb) - 1
    total = np.zeros_like(factors)
    for place in range(limbs):
        part = np.asarray([number >> (limb * place) & mask for number in multipliers], dtype=np.int64)
        # What is shifted out is a fraction of the last place's half, and so cannot turn a rounding.
        total = (total >> limb if place else total) + factors * part[:, np.newaxis]
    return (total + (1 << (rest - 1))) >> rest
