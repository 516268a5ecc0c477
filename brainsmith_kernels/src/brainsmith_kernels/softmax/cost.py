# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The cost of Softmax."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.cost import Cost
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
    """What grows with the lanes, with the depth of the buffers, and with the length of the sum."""
    simd, words = parameters.simd, parameters.words
    stages = -(-parameters.reciprocal_bits // words)
    return (simd, simd * words, stages * parameters.sum_bits)


COST = Cost(latency, Path(__file__).parent / "cost.json", features, SoftmaxSpecification.parse)
