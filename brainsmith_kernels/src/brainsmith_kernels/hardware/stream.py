# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An AXI stream of integers: how rows become words and words rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brainsmith_kernels.hardware.integer_type import IntegerType

Array = NDArray[Any]


@dataclass(frozen=True)
class Stream:
    """Rows of ``size`` elements, ``lanes`` of them in each word, the first in the lowest bits.

    A word is padded with zeros to whole bytes, as FINN pads TDATA.
    """

    type: IntegerType
    size: int
    lanes: int

    @property
    def words_per_row(self) -> int:
        """The words that carry one row."""
        return self.size // self.lanes

    @property
    def bits(self) -> int:
        """The bits of a word that carry elements."""
        return self.lanes * self.type.bits

    @property
    def word_bytes(self) -> int:
        """The bytes of a padded word."""
        return -(-self.bits // 8)

    @property
    def padded_bits(self) -> int:
        """The width of TDATA."""
        return 8 * self.word_bytes

    def pack(self, rows: Array) -> bytes:
        """The words of rows, shape ``(n, size)``, one after the other and each of them little-endian."""
        if self.type.bits in (8, 16, 32):
            return rows.astype(f"<i{self.type.bits // 8}" if self.type.signed else self._unsigned).tobytes()
        elements = rows.reshape(-1, self.lanes, 1).astype(np.int64)
        bits = (elements >> np.arange(self.type.bits)) & 1
        flat = bits.astype(np.uint8).reshape(-1, self.bits)
        return np.packbits(flat, axis=1, bitorder="little").tobytes()

    def unpack(self, words: bytes) -> Array:
        """The rows of words, as int64 of shape ``(n, size)``."""
        if self.type.bits in (8, 16, 32):
            typed = np.frombuffer(words, f"<i{self.type.bits // 8}" if self.type.signed else self._unsigned)
            return typed.astype(np.int64).reshape(-1, self.size)
        octets = np.frombuffer(words, np.uint8).reshape(-1, self.word_bytes)
        bits = np.unpackbits(octets, axis=1, count=self.bits, bitorder="little")
        places = 1 << np.arange(self.type.bits, dtype=np.int64)
        if self.type.signed:
            places[-1] = -places[-1]
        return (bits.reshape(-1, self.type.bits) @ places).reshape(-1, self.size)

    @property
    def _unsigned(self) -> str:
        return f"<u{self.type.bits // 8}"
