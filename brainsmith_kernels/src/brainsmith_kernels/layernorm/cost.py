# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The cost of LayerNorm."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.cost import Cost
from brainsmith_kernels.layernorm.specification import LayerNormSpecification

#: Cycles from a row's last word in to the first bit of its root; the mean takes one more.
_STATISTICS = 5
#: Cycles from the last bit of the reciprocal to the first word that is read again.
_START = 1
#: Cycles from the reading of a word to the word that comes out.
_PRODUCT = 5


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
    """What grows with the lanes, with the depth of the buffer, and with the stages of root and quotient."""
    bits = parameters.root_bits
    stages = 2 * -(-bits // parameters.words)
    return (
        parameters.simd,
        parameters.simd * parameters.deviation_bits,
        word_buffer(parameters),
        stages * bits,
    )


COST = Cost(latency, Path(__file__).parent / "cost.json", features, LayerNormSpecification.parse)
