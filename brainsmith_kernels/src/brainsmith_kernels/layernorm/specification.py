# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The normalisation as numbers: what every implementation of the kernel must compute."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from brainsmith_kernels.hardware.fixed_point import rounded, rounded_products, rounded_root
from brainsmith_kernels.hardware.integer_type import INT8, IntegerType
from brainsmith_kernels.hardware.parameters import Parameters

Array = NDArray[Any]

#: As many as float32, in which QONNX carries integers, holds exactly.
MOST_OUTPUT_BITS = 24


def layer_norm(x: Array, epsilon: float) -> Array:
    """``(x - mean) / sqrt(variance + epsilon)`` over the last axis, divided by all of its elements.

    Computed in float64 and rounded once to float32 (Ba, Kiros, Hinton, "Layer Normalization", 2016,
    without gain and bias).
    """
    wide = x.astype(np.float64)
    centred = wide - wide.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    normalised: Array = centred / np.sqrt(variance + epsilon)
    return normalised.astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class LayerNormSpecification(Parameters):
    """``round((x - mean) / sqrt(variance + epsilon) / output_scale)``, clipped, on integer rows.

    ``x`` is the integer times ``input_scale``; ``epsilon`` is added to the variance of the real numbers.
    Deviation and radicand are exact, but for epsilon, which is rounded once; a square root and a division,
    both rounded down, give the reciprocal by which each deviation is multiplied, and the product is rounded,
    halves up. The result lies within 1/2 + ``excess`` units in the last place of the real number; a row
    without variance gives zeros, also where epsilon is 0.
    """

    kernel: ClassVar[str] = "LayerNorm"
    #: Whether the mean is subtracted.
    centred: ClassVar[bool] = True
    #: Bits that root and reciprocal carry below the last place of the greatest result.
    guard_bits: ClassVar[int] = 30

    size: int = 64
    simd: int = 4
    input_type: IntegerType = INT8
    output_type: IntegerType = INT8
    input_scale: float = 1 / 16
    output_scale: float = 1 / 32
    epsilon: float = 1e-5

    def check(self) -> None:
        """Raise ``HardwareError`` for types, scales or an epsilon out of range."""
        super().check()
        if self.size < 2 or self.size > 65536:
            raise self.error(f"size={self.size} has no hardware", "choose from 2 to 65536")
        for name, most in (("input_type", 16), ("output_type", MOST_OUTPUT_BITS)):
            if not 2 <= getattr(self, name).bits <= most:
                fact = f"{name}={getattr(self, name)} is out of range"
                raise self.error(fact, f"choose from 2 to {most} bits")
        self.check_scale("input_scale")
        self.check_scale("output_scale")
        if not 2.0**-24 <= self.output_scale <= 2.0**8:
            raise self.error(f"output_scale={self.output_scale} is out of range", "choose from 2^-24 to 2^8")
        if not (math.isfinite(self.epsilon) and self.epsilon >= 0):
            raise self.error(f"epsilon={self.epsilon} is negative or not finite", "give 0 or more")
        if self._relative_epsilon > 2**64:
            fact = f"epsilon={self.epsilon} drowns any variance at input_scale={self.input_scale}"
            raise self.error(fact, "choose a smaller epsilon")

    @property
    def precision(self) -> int:
        """Bits that are right of the least root and the least reciprocal."""
        return self.output_type.bits - self.output_type.signed + self.guard_bits

    @property
    def _relative_epsilon(self) -> Fraction:
        """Epsilon in units of the radicand: squares of the deviation of integers."""
        factor = self.size**2 if self.centred else self.size
        return Fraction(self.epsilon) / Fraction(self.input_scale) ** 2 * factor

    @property
    def _least_square(self) -> int:
        """The least radicand of a row that has deviations at all, without epsilon."""
        return self.size - 1 if self.centred else 1

    @property
    def _greatest_square(self) -> int:
        if not self.centred:
            return self.size * self.input_type.magnitude**2
        # Half of the row at either end of the range.
        return (self.size * (self.input_type.maximum - self.input_type.minimum)) ** 2 // 4

    @cached_property
    def fraction_bits(self) -> int:
        """Bits of the radicand after the point, an even number, so that epsilon is precise enough."""
        bits = 0
        while self.epsilon and (self._least_square + self._relative_epsilon) * 2**bits < 2**self.precision:
            bits += 2
        return bits

    @cached_property
    def radicand_epsilon(self) -> int:
        """What is added to the radicand."""
        return rounded(self._relative_epsilon * 2**self.fraction_bits)

    @cached_property
    def extra_bits(self) -> int:
        """Bits by which the root is finer than that of the radicand."""
        least = (self._least_square << self.fraction_bits) + self.radicand_epsilon
        return max(0, self.precision + 1 - math.isqrt(least).bit_length())

    def _root(self, square: int) -> int:
        radicand = (square << self.fraction_bits) + self.radicand_epsilon
        return math.isqrt(radicand << (2 * self.extra_bits))

    @cached_property
    def radicand_bits(self) -> int:
        """Bits of the greatest radicand."""
        return ((self._greatest_square << self.fraction_bits) + self.radicand_epsilon).bit_length()

    @cached_property
    def root_bits(self) -> int:
        """Bits of the greatest root."""
        return self._root(self._greatest_square).bit_length()

    @cached_property
    def shift(self) -> int:
        """By how much the product is shifted: so far that the least reciprocal is precise enough."""
        least = self.precision + self._root(self._greatest_square).bit_length()
        shift = least - self._dividend(0).bit_length() + 1
        return max(shift, 1)

    def _dividend(self, shift: int) -> int:
        places = 2 * (shift + self.extra_bits) + self.fraction_bits
        gain = 1 if self.centred else self.size
        return rounded_root(Fraction(gain << places) / Fraction(self.output_scale) ** 2)

    @cached_property
    def dividend(self) -> int:
        """What is divided by the root."""
        return self._dividend(self.shift)

    @cached_property
    def reciprocal_bits(self) -> int:
        """Bits of the greatest quotient, that of the least root."""
        return (self.dividend // self._root(self._least_square)).bit_length()

    @property
    def sum_bits(self) -> int:
        """Bits of a row's sum, with its sign."""
        return (self.size * self.input_type.magnitude).bit_length() + 1

    @property
    def square_bits(self) -> int:
        """Bits of a row's sum of squares."""
        return (self.size * self.input_type.magnitude**2).bit_length()

    @property
    def deviation_bits(self) -> int:
        """Bits of a deviation, with its sign."""
        if not self.centred:
            return self.input_type.bits + (not self.input_type.signed)
        return (self.size * (self.input_type.maximum - self.input_type.minimum)).bit_length() + 1

    @property
    def excess(self) -> float:
        """How far beyond half a unit in the last place a result may be, at worst."""
        # Epsilon, root, dividend and quotient, each within one part in 2^precision of the greatest result.
        greatest = max(self.output_type.maximum, -self.output_type.minimum) + 1
        return greatest / 2.0 ** (self.precision - 2)

    def compute(self, rows: Array) -> Array:
        """The specification on integers."""
        sums, squares = rows.sum(axis=1), np.square(rows).sum(axis=1)
        if self.centred:
            deviations = self.size * rows - sums[:, np.newaxis]
            pairs = zip(sums.tolist(), squares.tolist(), strict=True)
            radicands = [self.size * square - total**2 for total, square in pairs]
        else:
            deviations, radicands = rows, squares.tolist()
        # Without a square there is no deviation either, so any reciprocal will do.
        reciprocals = [self.dividend // self._root(radicand) if radicand else 0 for radicand in radicands]
        products = rounded_products(deviations, reciprocals, self.shift)
        return products.clip(self.output_type.minimum, self.output_type.maximum)

    def real(self, rows: Array) -> Array:
        """The real normalisation in float64."""
        wide = rows.astype(np.float64)
        centred = wide - wide.mean(axis=1, keepdims=True) if self.centred else wide
        variance = (
            np.square(centred).mean(axis=1, keepdims=True)
            + self.epsilon / self.input_scale / self.input_scale
        )
        deviation = np.sqrt(np.where(variance == 0, 1, variance))
        normalised: Array = centred / deviation / self.output_scale
        return normalised.clip(self.output_type.minimum, self.output_type.maximum)
