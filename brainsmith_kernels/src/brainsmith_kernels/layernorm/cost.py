# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The cost of LayerNorm."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.cells import block_rams, dsp_slices, memory_luts
from brainsmith_kernels.hardware.cost import Cost
from brainsmith_kernels.hardware.digit_recurrence import stage_steps
from brainsmith_kernels.hardware.fixed_point import signed_digits
from brainsmith_kernels.layernorm.specification import LayerNormSpecification

#: Cycles from a row's last word in to the first bit of its root; the mean takes one more.
_STATISTICS = 5
#: Cycles from the last bit of the reciprocal to the first word that is read again.
_START = 1
#: Cycles from the reading of a word to the word that comes out.
_PRODUCT = 5
#: Bits of a piece of the reciprocal, of which each makes a partial product.
_PIECE = 17


def latency(parameters: LayerNormSpecification) -> int:
    """A row is read once more, after a root and a quotient with one bit in each cycle."""
    return _wait(parameters) + parameters.words - 1 + _PRODUCT


def word_buffer(parameters: LayerNormSpecification) -> int:
    """Words that are kept until the reciprocal of their row is known."""
    return parameters.words + _wait(parameters)


def _wait(parameters: LayerNormSpecification) -> int:
    digits = parameters.root_bits + parameters.reciprocal_bits
    return _STATISTICS + parameters.centred + digits + _START


def features(parameters: LayerNormSpecification) -> tuple[float, ...]:
    """What grows with digits under way, lanes and their widths, and memories."""
    p = parameters
    root, quotient = p.root_bits, p.reciprocal_bits
    pieces = -(-quotient // _PIECE)
    sums = p.centred * p.sum_bits
    # A row's sums, of which so many wait as rows are under way.
    waiting = word_buffer(p) // p.words + 2
    memories = ((p.input.bits, word_buffer(p)), (p.radicand_bits, waiting), (sums, waiting))
    slices = dsp_slices(p.input_type.bits, p.input_type.bits) + pieces * dsp_slices(
        p.deviation_bits - 1, _PIECE
    )
    # By the constant of the mean: additions of what is shifted.
    shifts = len(signed_digits(p.size)) if p.centred else 0
    return (
        len(stage_steps(root, p.words)) * 4 * root
        + len(stage_steps(quotient, p.words)) * (2 * root + quotient),
        p.radicand_bits * (1 + shifts),
        p.simd * p.deviation_bits * shifts,
        p.simd * (p.square_bits + sums),
        p.simd * (p.deviation_bits + quotient - p.shift + p.output_type.bits),
        p.simd * pieces * (p.deviation_bits + _PIECE),
        sum(memory_luts(*memory) for memory in memories),
        sum(block_rams(*memory) for memory in memories),
        p.simd * slices + dsp_slices(sums, sums),
    )


COST = Cost(latency, Path(__file__).parent / "cost.json", features, LayerNormSpecification.parse)
