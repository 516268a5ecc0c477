# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""InferLutActivation: functions of one quantised tensor become tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto

from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.lut_activation.elementwise import (
    ElementwiseFunction,
    called,
    curved_nodes,
    find_function,
    is_curved,
)
from brainsmith_kernels.lut_activation.specification import MOST_INPUT_BITS, MOST_OUTPUT_BITS
from brainsmith_kernels.quantisation.inference import (
    KernelInference,
    make_kernel,
    replace_with_integers,
    rows_of,
)
from brainsmith_kernels.quantisation.quantiser import is_quantiser, read_quantiser
from brainsmith_kernels.quantisation.scaled_integers import ScaledIntegers, extract_integers, read_integers
from brainsmith_kernels.quantisation.unsuited import Unsuited


class InferLutActivation(KernelInference):
    """Replace each elementwise function between two quantisers with one table.

    The function is whatever stands between an input of at most 8 bits and the quantiser: one operator or
    several, such as ``x · sigmoid(x)``. It is executed on all inputs, quantiser included, so the table gives
    bit for bit what the model gave. Functions that are piecewise linear stay, since thresholds express them.
    """

    def candidates(self, index: GraphIndex) -> Iterable[ElementwiseFunction]:
        """The functions in front of the graph's quantisers."""
        explained: set[str] = set()
        for found in _functions(index, self.left):
            if self.accepts(found):
                explained.update(map(called, found.nodes))
                yield found
        for node in curved_nodes(index.model.graph.node):
            if self.names(node) and called(node) not in explained:
                self.left.setdefault(called(node), "no quantiser follows it")

    def accepts(self, found: ElementwiseFunction) -> bool:
        """Whether the function is one of those that this transform replaces."""
        return any(map(self.names, found.nodes))

    def names(self, node: NodeProto) -> bool:
        """Whether a node by itself tells that a function is one of those that this transform replaces."""
        return True

    def infer(self, index: GraphIndex, candidate: ElementwiseFunction) -> None:
        """Put the table's node where the quantiser is."""
        model, quantiser = index.model, candidate.quantiser
        if candidate.fault:
            raise Unsuited(candidate.fault)
        source = read_integers(index, candidate.source)
        if index.shape(quantiser.output) != rows_of(index, candidate.source):
            raise Unsuited("its shape is not that of its input")
        table, kind, scale = tabulate(model, candidate, source)

        integers = extract_integers(model, candidate.source)

        def make(output: str) -> NodeProto:
            words: dict[str, Any] = {"table": table, "outputDataType": str(kind)}
            return make_kernel(model, "LutActivation", integers, output, candidate.name, **words)

        replace_with_integers(model, [quantiser.node], make, quantiser.output, scale)


def _functions(index: GraphIndex, left: dict[str, str]) -> Iterable[ElementwiseFunction]:
    for node in index.model.graph.node:
        if not is_quantiser(node) or index.constant(node.input[0]) is not None:
            continue
        before = index.maker(node.input[0])
        try:
            found = find_function(index, read_quantiser(index, node))
        except Unsuited as reason:
            if before is not None and is_curved(before):
                left[called(before)] = str(reason)
            continue
        if found is not None:
            yield found


def tabulate(
    model: Any, function: ElementwiseFunction, source: ScaledIntegers
) -> tuple[list[int], IntegerType, float]:
    """The table, its outputs' type and their scale; raises ``Unsuited`` for what no table holds."""
    quantiser, kind = function.quantiser, source.type
    if kind.bits > MOST_INPUT_BITS or kind.bits < 2:
        raise Unsuited(f"its input has {kind.bits} bits, and a table takes 2 to {MOST_INPUT_BITS}")
    scale, zero_point = quantiser.scalar()
    low, high = quantiser.minimum - zero_point, quantiser.maximum - zero_point
    output = quantiser.type if zero_point == 0 else IntegerType.holding(low, high)
    if not 2 <= output.bits <= MOST_OUTPUT_BITS:
        raise Unsuited(f"its output has {output.bits} bits, and a table gives 2 to {MOST_OUTPUT_BITS}")
    inputs = np.arange(kind.minimum, kind.maximum + 1)
    values = (inputs - source.zero_point).astype(np.float32) * np.float32(source.factor)
    results = function.evaluate(model, values)
    reached = (inputs >= source.minimum) & (inputs <= source.maximum)
    entries = _integers(results, reached, scale, low, high)
    return entries.tolist(), output, scale


def _integers(
    results: NDArray[np.float32], reached: NDArray[np.bool_], scale: float, low: int, high: int
) -> NDArray[np.int64]:
    if not np.isfinite(results[reached]).all():
        raise Unsuited("it is not a number for each input")
    # An input that its quantiser never gives has any entry that fits.
    whole = np.rint(np.where(reached, results, 0) / np.float32(scale))
    if (whole.astype(np.float32) * np.float32(scale) != np.where(reached, results, 0)).any():
        raise Unsuited("what its quantiser gives is no multiple of the scale in float32")
    return whole.astype(np.int64).clip(low, high)
