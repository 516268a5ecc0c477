# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""ElementwiseFunction: a sub-graph that maps each element of one tensor to one element of another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto

from brainsmith_kernels.domain import DOMAIN, is_standard
from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.quantisation.evaluation import evaluate
from brainsmith_kernels.quantisation.quantiser import Quantiser
from brainsmith_kernels.quantisation.scaled_integers import read_integers
from brainsmith_kernels.quantisation.unsuited import Unsuited

Array = NDArray[np.float32]

#: Lines and clippings, which thresholds express as well.
_PIECEWISE_LINEAR = ("Add", "Sub", "Mul", "Div", "Neg", "Relu", "LeakyRelu", "Clip", "Identity")
_CURVED = (
    *("Gelu", "Sigmoid", "Tanh", "Erf", "Exp", "HardSwish", "HardSigmoid", "Mish", "Elu", "Selu", "Celu"),
    *("Softplus", "Softsign", "Swish", "Log", "Sqrt", "Reciprocal", "Pow", "Sin", "Cos", "Tan", "Atan"),
    *("Asin", "Acos", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "Sign", "Floor", "Ceil", "Round"),
    *("ThresholdedRelu", "Shrink", "Min", "Max", "Abs"),
)


@dataclass(frozen=True)
class ElementwiseFunction:
    """The nodes between one tensor and a quantiser, in the graph's order.

    ``fault`` says why it is no function of integers, where it is none.
    """

    nodes: tuple[NodeProto, ...]
    source: str
    quantiser: Quantiser
    fault: str = ""

    @property
    def name(self) -> str:
        """The name of the last curved node, or of its result."""
        return called([*self.nodes[-1:], *filter(is_curved, self.nodes)][-1])

    def evaluate(self, model: Any, values: Array) -> Array:
        """What the quantiser gives for each of the values, computed as the graph computes it."""
        return evaluate(model, (*self.nodes, self.quantiser.node), self.source, values)


def find_function(index: GraphIndex, quantiser: Quantiser) -> ElementwiseFunction | None:
    """The function whose result the quantiser rounds, unless it is piecewise linear."""
    part = _Part(index)
    part.walk(quantiser.source)
    curved = any(map(is_curved, part.nodes.values()))
    # A product of two activations is no activation.
    squared = len(part.sources) == 1 and any(_is_product(index, node) for node in part.nodes.values())
    if not curved and not squared:
        return None
    ordered = tuple(node for node in index.model.graph.node if node.output[0] in part.nodes)
    return ElementwiseFunction(ordered, part.sources[0], quantiser, part.fault())


def curved_nodes(nodes: Iterable[NodeProto]) -> list[NodeProto]:
    """The nodes whose function no thresholds express."""
    return [node for node in nodes if is_curved(node)]


def is_curved(node: NodeProto) -> bool:
    """Whether the node is an elementwise operator that is not piecewise linear."""
    return is_standard(node, *_CURVED) or (node.domain == DOMAIN and node.op_type == "Gelu")


def called(node: NodeProto) -> str:
    """The node's name, or its result's where it has none."""
    return str(node.name or node.output[0])


class _Part:
    """The elementwise nodes that lead to a tensor, back to those that are not."""

    def __init__(self, index: GraphIndex) -> None:
        self._index = index
        self.nodes: dict[str, NodeProto] = {}
        self.sources: list[str] = []
        self._wide = ""

    def walk(self, tensor: str) -> None:
        """Take in the tensor's node and all that lead to it."""
        if tensor in self.nodes or tensor in self.sources:
            return
        node = self._index.maker(tensor)
        elementwise = node is not None and (is_curved(node) or is_standard(node, *_PIECEWISE_LINEAR))
        if node is None or not elementwise:
            self.sources.append(tensor)
            return
        self.nodes[tensor] = node
        for name in filter(None, node.input):
            constant = self._index.constant(name)
            if constant is None:
                self.walk(name)
            elif constant.size != 1:
                self._wide = name

    def fault(self) -> str:
        """Why the nodes are no function of one tensor of integers; nothing if they are."""
        if len(self.sources) != 1:
            return "it depends on more than one tensor: " + ", ".join(map(repr, sorted(self.sources)))
        if self._wide:
            return f"it differs by element: {self._wide!r} is no single number"
        try:
            read_integers(self._index, self.sources[0])
        except Unsuited as reason:
            return str(reason)
        return ""


def _is_product(index: GraphIndex, node: NodeProto) -> bool:
    return is_standard(node, "Mul", "Div") and all(index.constant(name) is None for name in node.input)
