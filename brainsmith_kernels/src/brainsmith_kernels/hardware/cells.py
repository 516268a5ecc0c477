# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What memories and multipliers become in the cells of a device: the features that costs are fitted with.

These are the rules that the measured points show (yosys on 7-series), rounded to what a fit can use; a
vendor's tool may choose other memories. Widths are in bits.
"""

from __future__ import annotations

#: A memory with fewer words, or fewer bits in all, stays in look-up tables.
_LEAST_WORDS, _LEAST_BITS = 65, 1900
#: Width and words of a block RAM of 18 Kbit with separate ports for reading and writing.
_BLOCKS = ((36, 512), (18, 1024), (9, 2048), (4, 4096), (2, 8192), (1, 16384))


def block_rams(width: int, words: int) -> int:
    """The block RAMs of 18 Kbit of a memory with one port for writing and one for reading."""
    if words < _LEAST_WORDS or width * words < _LEAST_BITS:
        return 0
    return min(-(-width // wide) * -(-words // deep) for wide, deep in _BLOCKS)


def memory_luts(width: int, words: int) -> int:
    """The look-up tables of the same memory: a little more than one for each bit of 64 words."""
    return 0 if block_rams(width, words) else width * -(-words // 64)


def dsp_slices(left: int, right: int) -> int:
    """The slices of a product of unsigned factors, 24 x 17 bits each, tiled in steps of 17 bits."""
    if left + right < 9:
        return 0
    wide, narrow = max(left, right), min(left, right)
    return (1 + max(0, -(-(wide - 24) // 17))) * -(-narrow // 17)
