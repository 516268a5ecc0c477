# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The cost of Softmax."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.cells import block_rams, dsp_slices, memory_luts
from brainsmith_kernels.hardware.cost import Cost
from brainsmith_kernels.hardware.digit_recurrence import stage_steps
from brainsmith_kernels.softmax.specification import SoftmaxSpecification

#: Cycles from a row's last word in until its first word is read again, its maximum being known.
_MAXIMUM = 3
#: Cycles from there, less those of the row itself and those of the division, to the first product.
_SUM = 5
#: Cycles from the reading of a power to the word that comes out.
_PRODUCT = 4


def latency(parameters: SoftmaxSpecification) -> int:
    """A row is read twice more, and between that its sum divides, one bit in each cycle."""
    read_again = 2 * (parameters.words - 1)
    return _MAXIMUM + _SUM + parameters.reciprocal_bits + _PRODUCT + read_again


def word_buffer(parameters: SoftmaxSpecification) -> int:
    """Words that are kept until the maximum of their row is known."""
    return parameters.words + _MAXIMUM


def power_words(parameters: SoftmaxSpecification) -> int:
    """Words of exponentials that are kept until the reciprocal of their sum is known."""
    return parameters.words + _SUM + parameters.reciprocal_bits


def features(parameters: SoftmaxSpecification) -> tuple[float, ...]:
    """What grows with digits under way, lanes and their widths, and memories."""
    p = parameters
    lanes, stages = p.simd, len(stage_steps(p.reciprocal_bits, p.words))
    digits = 2 * p.sum_bits + p.reciprocal_bits
    memories = ((p.input.bits, word_buffer(p)), (lanes * p.table_bits, power_words(p)))
    blocks = lanes * (block_rams(p.table_bits, 1 << p.input_type.bits) or 1)
    return (
        stages * digits,
        max(0, stages - 4) * digits,
        lanes * p.input_type.bits,
        lanes * p.sum_bits,
        lanes * (p.table_bits + p.reciprocal_bits) * (-(-p.table_bits // 17) - 1),
        lanes * p.output_type.bits,
        sum(memory_luts(*memory) for memory in memories),
        blocks + sum(block_rams(*memory) for memory in memories),
        lanes * dsp_slices(p.table_bits, p.reciprocal_bits),
    )


COST = Cost(latency, Path(__file__).parent / "cost.json", features, SoftmaxSpecification.parse)
