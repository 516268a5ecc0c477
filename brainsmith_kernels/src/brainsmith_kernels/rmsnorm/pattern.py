# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The root-mean-square pattern: ``x / sqrt(mean(x²) + epsilon)`` in elementary operators."""

from __future__ import annotations

from onnx import NodeProto

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.layernorm.pattern import (
    DecomposedNorm,
    deviation_of,
    distinct,
    find_decomposed_norms,
    mean_of_squares,
    quotients,
)


def find_decomposed_rms_norms(index: GraphIndex) -> list[DecomposedNorm]:
    """The root-mean-square normalisations of the graph that nothing looks into.

    A layer normalisation ends in one, of what is left when the mean is subtracted; it does not count.
    """
    centred = {match.output for match in find_decomposed_norms(index)}
    ends = (node for node in index.model.graph.node if is_standard(node, "Div", "Mul"))
    matches = [match for node in ends if (match := _match(index, node))]
    return [match for match in matches if match.output not in centred]


def _match(index: GraphIndex, end: NodeProto) -> DecomposedNorm | None:
    for source, divisor in quotients(index, end):
        spread = deviation_of(index, divisor.tensor)
        squares = mean_of_squares(index, spread[0].tensor) if spread is not None else None
        if spread is None or squares is None or squares.tensor != source:
            continue
        every = distinct((*squares.nodes, *spread[0].nodes, *divisor.nodes, end))
        output = end.output[0]
        if index.is_float(source) and index.is_closed(every, output):
            return DecomposedNorm(every, source, output, squares.axis, spread[1])
    return None
