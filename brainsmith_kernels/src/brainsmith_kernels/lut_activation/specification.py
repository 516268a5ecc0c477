# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The elementwise function of a small integer: what every implementation of the kernel must compute."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from brainsmith_kernels.hardware.integer_type import INT8, IntegerType
from brainsmith_kernels.hardware.parameters import Parameters
from brainsmith_kernels.hardware.stream import Array
from brainsmith_kernels.lut_activation.functions import FUNCTIONS, nearest, quotient

MOST_INPUT_BITS = 8
MOST_OUTPUT_BITS = 32


@dataclass(frozen=True, kw_only=True)
class LutActivationSpecification(Parameters):
    """``round(function(x · input_scale) / output_scale)``, clipped to the output type, for each element.

    Correctly rounded on every machine, halves to even as QONNX's Quant does, by a table over all inputs. With
    a ``table`` of integers, by the inputs in ascending order, function and scales say nothing.
    """

    kernel: ClassVar[str] = "LutActivation"

    size: int = 64
    simd: int = 4
    input_type: IntegerType = INT8
    output_type: IntegerType = INT8
    function: str = "gelu"
    input_scale: float = 1 / 32
    output_scale: float = 1 / 32
    table: tuple[int, ...] = ()

    def check(self) -> None:
        """Raise ``HardwareError`` for a type that is too wide, an unknown function or a wrong table."""
        super().check()
        if self.input_type.bits > MOST_INPUT_BITS:
            fact = f"input_type={self.input_type} has more than {2**MOST_INPUT_BITS} values"
            raise self.error(fact, f"quantise the input to {MOST_INPUT_BITS} bits or fewer")
        if self.output_type.bits > MOST_OUTPUT_BITS:
            fact = f"output_type={self.output_type} has more than {MOST_OUTPUT_BITS} bits"
            raise self.error(fact, "choose a narrower type")
        if self.table:
            self._check_table()
            return
        self.check_scale("input_scale")
        self.check_scale("output_scale")
        if self.function not in FUNCTIONS:
            fact = f"function={self.function!r} is unknown"
            raise self.error(fact, f"choose one of {', '.join(FUNCTIONS)}, or give a table")

    def _check_table(self) -> None:
        entries = 1 << self.input_type.bits
        if len(self.table) != entries:
            fact = f"the table has {len(self.table)} entries for {entries} values of {self.input_type}"
            raise self.error(fact, "give one for each input, in ascending order")
        low, high = self.output_type.minimum, self.output_type.maximum
        if not low <= min(self.table) <= max(self.table) <= high:
            raise self.error(f"the table leaves the range of {self.output_type}", f"keep to {low} … {high}")

    def with_table(self) -> Self:
        """The same function with its table written out."""
        from dataclasses import replace

        return replace(self, table=self.values())

    def values(self) -> tuple[int, ...]:
        """The output for each input, from the least to the greatest."""
        return self.table or self._nearest

    def by_bits(self) -> tuple[int, ...]:
        """The output's bits for each input's bits, both taken as unsigned: the table of the hardware."""
        values, least = self.values(), self.input_type.minimum
        turned = (*values[-least:], *values[:-least]) if least else values
        return tuple(value & ((1 << self.output_type.bits) - 1) for value in turned)

    def compute(self, rows: Array) -> Array:
        """The table's values."""
        values: Array = np.asarray(self.values(), dtype=np.int64)[rows - self.input_type.minimum]
        return values

    def real(self, rows: Array) -> Array:
        """The function in float64; a table is its own truth."""
        exact = self.table or [quotient(*case) for case in self._cases()]
        values: Array = np.asarray(exact, dtype=np.float64)[rows - self.input_type.minimum]
        return values

    @cached_property
    def _nearest(self) -> tuple[int, ...]:
        return tuple(nearest(*case) for case in self._cases())

    def _cases(self) -> list[tuple[str, int, float, float, int, int]]:
        inputs = range(self.input_type.minimum, self.input_type.maximum + 1)
        low, high = self.output_type.minimum, self.output_type.maximum
        return [(self.function, x, self.input_scale, self.output_scale, low, high) for x in inputs]
