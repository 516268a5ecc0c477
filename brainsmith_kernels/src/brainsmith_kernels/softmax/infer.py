# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""InferSoftmax: softmaxes between quantisers become nodes of the integer kernel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from onnx import NodeProto

from brainsmith_kernels.domain import is_standard, onnx_opset
from brainsmith_kernels.graph import GraphIndex, attribute
from brainsmith_kernels.quantisation.following import quantiser_after
from brainsmith_kernels.quantisation.inference import (
    KernelInference,
    check_parameters,
    make_kernel,
    replace_with_integers,
    rows_of,
)
from brainsmith_kernels.quantisation.scaled_integers import extract_integers, read_integers
from brainsmith_kernels.quantisation.unsuited import Unsuited
from brainsmith_kernels.softmax.specification import SoftmaxSpecification


@dataclass(frozen=True)
class _Softmax:
    node: NodeProto

    @property
    def name(self) -> str:
        return str(self.node.name or self.node.output[0])


class InferSoftmax(KernelInference):
    """Replace each Softmax over the last axis that lies between two quantisers.

    The result is the quantiser's for each row, but where the real number lies within the specification's
    ``excess`` of a tie. A zero point of the input cancels out; the output's quantiser may have none.
    """

    def candidates(self, index: GraphIndex) -> Iterable[_Softmax]:
        """Every Softmax of the graph."""
        return [_Softmax(node) for node in index.model.graph.node if is_standard(node, "Softmax")]

    def infer(self, index: GraphIndex, candidate: _Softmax) -> None:
        """Replace the node and the quantiser behind it."""
        model, node = index.model, candidate.node
        shape = rows_of(index, node.input[0])
        # Before version 13 the axis was 1 by default, and all axes from there on were taken as one.
        axis = int(attribute(node, "axis", -1 if onnx_opset(model) >= 13 else 1))
        if axis not in (-1, len(shape) - 1):
            raise Unsuited(f"its axis {axis} is not the last one")
        source = read_integers(index, node.input[0])
        following = quantiser_after(index, node.output[0])
        quantiser, step = following.quantiser, following.step
        if not following.rounds_plainly:
            raise Unsuited("its quantiser has a zero point, or does not round to the nearest integer")
        if quantiser.maximum != quantiser.type.maximum and 1 / step > quantiser.maximum:
            raise Unsuited("its quantiser is narrow and saturates")
        words = {"input_scale": source.factor, "output_scale": step}
        check_parameters(
            lambda: SoftmaxSpecification(
                size=shape[-1], simd=1, input_type=source.type, output_type=quantiser.type, **words
            )
        )
        integers = extract_integers(model, node.input[0])
        old = [node, *following.nodes]
        replace_with_integers(
            model,
            old,
            lambda output: make_kernel(
                model,
                "IntSoftmax",
                integers,
                output,
                candidate.name,
                outputDataType=str(quantiser.type),
                **words,
            ),
            quantiser.output,
            following.scale,
        )
