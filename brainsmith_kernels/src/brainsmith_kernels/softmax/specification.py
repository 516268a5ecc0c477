# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The softmax as numbers: what every implementation of the kernel must compute."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from brainsmith_kernels.hardware.fixed_point import exponentials, rounded, rounded_products
from brainsmith_kernels.hardware.integer_type import INT8, UINT8, IntegerType
from brainsmith_kernels.hardware.parameters import Parameters

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class SoftmaxSpecification(Parameters):
    """``round(softmax(x · input_scale) / output_scale)``, clipped to the output type, on integer rows.

    ``e = exp(-input_scale · (max - x))`` comes from a table of ``table_bits`` bits, its sum is exact, one
    division gives ``reciprocal = floor(dividend / sum)``, and the result is ``e · reciprocal``, shifted by
    ``shift`` and rounded, halves up. It lies within 1/2 + ``excess`` units in the last place of the real
    softmax. Equal elements share alike, also those of a row whose every element is masked by the least value.
    """

    kernel: ClassVar[str] = "Softmax"
    #: Bits that the table and the quotient carry below the last place of the result.
    guard_bits: ClassVar[int] = 26

    size: int = 64
    simd: int = 4
    input_type: IntegerType = INT8
    output_type: IntegerType = UINT8
    input_scale: float = 1 / 16
    output_scale: float = 1 / 256

    def check(self) -> None:
        """Raise ``HardwareError`` for types or scales out of range."""
        super().check()
        if not 2 <= self.input_type.bits <= 10:
            raise self.error(f"input_type={self.input_type} has no table", "choose from 2 to 10 bits")
        if not 2 <= self.output_type.bits <= 16:
            raise self.error(f"output_type={self.output_type} is out of range", "choose from 2 to 16 bits")
        self.check_scale("input_scale")
        self.check_scale("output_scale")
        if not 2.0**-16 <= self.output_scale <= 0.5:
            fact = f"output_scale={self.output_scale} is no last place of numbers up to 1"
            raise self.error(fact, "choose 1/256 or the like, from 1/65536 to 1/2")

    @property
    def table_bits(self) -> int:
        """Bits of an exponential; 1 has all of them set."""
        return self.shift - self.guard_bits - 2

    @property
    def shift(self) -> int:
        """By how much the product of exponential and reciprocal is shifted."""
        places = (rounded(1 / Fraction(self.output_scale)) - 1).bit_length()
        return places + 2 * self.guard_bits + 2

    @cached_property
    def table(self) -> tuple[int, ...]:
        """The exponential for each difference from the row's maximum."""
        return exponentials(self.input_scale, 1 << self.input_type.bits, self.table_bits)

    @property
    def dividend(self) -> int:
        """What is divided by the sum."""
        return rounded((1 << self.shift) / Fraction(self.output_scale))

    @property
    def sum_bits(self) -> int:
        """Bits of the greatest sum."""
        return (self.size * self.table[0]).bit_length()

    @property
    def reciprocal_bits(self) -> int:
        """Bits of the greatest quotient, that of a row with one element far above the others."""
        return (self.dividend // self.table[0]).bit_length()

    @property
    def excess(self) -> float:
        """How far beyond half a unit in the last place a result may be, at worst."""
        # Half a unit of the table in numerator and sum, a unit of the quotient, half a unit of the dividend.
        table = (1 + self.size) / 2 / self.table[0] / self.output_scale
        return table + self.table[0] / 2.0**self.shift + 2.0**-self.guard_bits / self.table[0]

    def compute(self, rows: Array) -> Array:
        """The specification on integers."""
        powers = np.asarray(self.table, dtype=np.int64)[rows.max(axis=1, keepdims=True) - rows]
        reciprocals = [self.dividend // int(total) for total in powers.sum(axis=1)]
        return rounded_products(powers, reciprocals, self.shift).clip(max=self.output_type.maximum)

    def real(self, rows: Array) -> Array:
        """The real softmax in float64."""
        wide = rows * self.input_scale
        powers = np.exp(wide - wide.max(axis=1, keepdims=True))
        shares: Array = powers / powers.sum(axis=1, keepdims=True)
        return (shares / self.output_scale).clip(max=self.output_type.maximum)
