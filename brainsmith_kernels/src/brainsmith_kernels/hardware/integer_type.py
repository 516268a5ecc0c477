# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The integer type of a stream's elements, by the names that QONNX gives them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from brainsmith_core.errors import HardwareError


@dataclass(frozen=True)
class IntegerType:
    """Two's complement or unsigned integers of some bits; printed as ``INT8`` or ``UINT4``."""

    bits: int
    signed: bool

    @classmethod
    def parse(cls, text: str) -> IntegerType:
        """The type of a QONNX name; ``HardwareError`` for a float, a bipolar or any other type.

        QONNX calls unsigned integers of one bit ``BINARY``.
        """
        match = re.fullmatch(r"(U?)INT(\d+)", "UINT1" if text == "BINARY" else text)
        if match is None or int(match[2]) < 1:
            within = text in ("BIPOLAR", "TERNARY")
            remedy = (
                "annotate it as INT2, which has all its values" if within else "write INT8, UINT4 or the like"
            )
            raise HardwareError(f"{text!r} is not an integer type", remedy=remedy)
        return cls(bits=int(match[2]), signed=not match[1])

    @classmethod
    def holding(cls, minimum: int, maximum: int) -> IntegerType:
        """The narrowest type that holds both numbers."""
        if minimum >= 0:
            return cls(max(1, maximum.bit_length()), signed=False)
        return cls(max(maximum.bit_length(), (-minimum - 1).bit_length()) + 1, signed=True)

    @property
    def minimum(self) -> int:
        """The least value."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def maximum(self) -> int:
        """The greatest value."""
        return (1 << (self.bits - self.signed)) - 1

    @property
    def magnitude(self) -> int:
        """The greatest absolute value."""
        return max(-self.minimum, self.maximum)

    def __str__(self) -> str:
        return f"{'' if self.signed else 'U'}INT{self.bits}"


INT8 = IntegerType(8, signed=True)
UINT8 = IntegerType(8, signed=False)
