# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The GELU pattern: ``x · 0.5 · (1 + erf(x / √2))`` in whichever order it was written."""

from __future__ import annotations

import math
from dataclasses import dataclass

from onnx import NodeProto

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import GraphIndex


@dataclass(frozen=True)
class ErfGelu:
    """A match: the nodes in graph order, the tensor that goes in and the one that comes out."""

    nodes: tuple[NodeProto, ...]
    input: str
    output: str


def find_erf_gelu(index: GraphIndex) -> ErfGelu | None:
    """The first GELU of the graph that nothing looks into, if there is one."""
    for node in index.model.graph.node:
        if is_standard(node, "Erf") and (match := _match(index, node)):
            return match
    return None


def _match(index: GraphIndex, erf: NodeProto) -> ErfGelu | None:
    scaled = index.producer(erf.input[0], "Mul", "Div")
    source = _source(index, scaled, math.sqrt(0.5)) if scaled is not None else None
    plus_one = index.only_reader(erf.output[0])
    if scaled is None or source is None or plus_one is None or not is_standard(plus_one, "Add"):
        return None
    if _other(index, plus_one, erf.output[0], 1.0) is None or not index.is_float(source):
        return None
    product = _product(index, plus_one, source)
    if product is None:
        return None
    nodes = (scaled, erf, plus_one, *product)
    output = product[-1].output[0]
    # Two of the factors may broadcast the third only if they are scalars or of its shape.
    same_shape = index.shape(output) == index.shape(source) is not None
    return ErfGelu(nodes, source, output) if same_shape and index.is_closed(nodes, output) else None


def _product(index: GraphIndex, plus_one: NodeProto, source: str) -> tuple[NodeProto, ...] | None:
    """The nodes that multiply ``1 + erf`` by the source and by a half, in one of the three orders."""
    first = index.only_reader(plus_one.output[0])
    if first is None or not is_standard(first, "Mul", "Div"):
        return None
    halved = _halves(index, first, plus_one.output[0])
    if not halved:
        factor = _partner(first, plus_one.output[0])
        if factor != source:
            half = index.producer(factor, "Mul", "Div")
            return (half, first) if half is not None and _halves(index, half, source) else None
    second = index.only_reader(first.output[0])
    if second is None or not is_standard(second, "Mul", "Div"):
        return None
    if halved:
        return (first, second) if _partner(second, first.output[0]) == source else None
    return (first, second) if _halves(index, second, first.output[0]) else None


def _source(index: GraphIndex, node: NodeProto, factor: float) -> str | None:
    """The tensor that the node multiplies by the factor."""
    return next((tensor for tensor in node.input if _scales(index, node, tensor, factor)), None)


def _halves(index: GraphIndex, node: NodeProto, tensor: str) -> bool:
    return _scales(index, node, tensor, 0.5)


def _scales(index: GraphIndex, node: NodeProto, tensor: str, factor: float) -> bool:
    if is_standard(node, "Div"):
        divisor = index.scalar(node.input[1]) if node.input[0] == tensor else None
        return divisor is not None and math.isclose(divisor, 1 / factor, rel_tol=1e-6)
    return _other(index, node, tensor, factor) is not None


def _other(index: GraphIndex, node: NodeProto, tensor: str, value: float) -> str | None:
    """The operand beside the tensor, if it is that constant."""
    if tensor not in node.input:
        return None
    other = _partner(node, tensor)
    found = index.scalar(other) if other else None
    return other if found is not None and math.isclose(found, value, rel_tol=1e-6) else None


def _partner(node: NodeProto, tensor: str) -> str:
    """The other operand of a commutative node; nothing for a division."""
    if not is_standard(node, "Mul", "Add"):
        return ""
    left, right = node.input
    return str(right if left == tensor else left)
