# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The normalisation pattern: ``(x - mean) / sqrt(variance + epsilon)`` in elementary operators."""

from __future__ import annotations

from dataclasses import dataclass

from onnx import NodeProto

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import GraphIndex, attribute


@dataclass(frozen=True)
class DecomposedNorm:
    """A match: its nodes, the tensors at both ends, the first normalised axis (negative), and epsilon."""

    nodes: tuple[NodeProto, ...]
    input: str
    output: str
    axis: int
    epsilon: float


@dataclass(frozen=True)
class Squares:
    """A mean of squares: of what, over which last axes (the first of them, negative), and its nodes."""

    tensor: str
    axis: int
    nodes: tuple[NodeProto, ...]


@dataclass(frozen=True)
class Part:
    """A tensor of the pattern, and the nodes that lead to it."""

    tensor: str
    nodes: tuple[NodeProto, ...]


def find_decomposed_norms(index: GraphIndex) -> list[DecomposedNorm]:
    """The normalisations of the graph that nothing looks into."""
    ends = (node for node in index.model.graph.node if is_standard(node, "Div", "Mul"))
    return [match for node in ends if (match := _match(index, node))]


def _match(index: GraphIndex, end: NodeProto) -> DecomposedNorm | None:
    for centred, divisor in quotients(index, end):
        centring = _centred(index, centred)
        deviation = deviation_of(index, divisor.tensor)
        if centring is None or deviation is None:
            continue
        source, axis, nodes = centring
        variance, epsilon = deviation
        spread = _variance(index, variance.tensor, source, axis)
        if spread is None:
            continue
        every = distinct((*nodes, *spread, *variance.nodes, *divisor.nodes, end))
        output = end.output[0]
        if index.is_float(source) and index.is_closed(every, output):
            return DecomposedNorm(every, source, output, axis, epsilon)
    return None


def quotients(index: GraphIndex, end: NodeProto) -> list[tuple[str, Part]]:
    """What the node divides, and by what: a division, or a product with a reciprocal."""
    left, right = end.input
    if is_standard(end, "Div"):
        return [(left, Part(right, ()))]
    found = []
    for centred, factor in ((left, right), (right, left)):
        if inverse := index.producer(factor, "Reciprocal"):
            found.append((centred, Part(inverse.input[0], (inverse,))))
        inverse = index.producer(factor, "Div")
        if inverse is not None and index.scalar(inverse.input[0]) == 1.0:
            found.append((centred, Part(inverse.input[1], (inverse,))))
    return found


def _centred(index: GraphIndex, tensor: str) -> tuple[str, int, tuple[NodeProto, ...]] | None:
    """The source and first reduced axis of ``x - mean(x)``, and the nodes that compute it."""
    difference = index.producer(tensor, "Sub")
    mean = index.producer(difference.input[1], "ReduceMean") if difference is not None else None
    if difference is None or mean is None or mean.input[0] != difference.input[0]:
        return None
    axis = _first_axis(index, mean)
    return None if axis is None else (mean.input[0], axis, (mean, difference))


def deviation_of(index: GraphIndex, tensor: str) -> tuple[Part, float] | None:
    """The variance under ``sqrt(variance + epsilon)``, and epsilon."""
    root = index.producer(tensor, "Sqrt", "Pow")
    if root is None or (root.op_type == "Pow" and index.scalar(root.input[1]) != 0.5):
        return None
    guarded = index.producer(root.input[0], "Add")
    if guarded is None:
        return None
    for variance, other in (guarded.input, reversed(guarded.input)):
        epsilon = index.scalar(other)
        if epsilon is not None and epsilon >= 0:
            return Part(variance, (guarded, root)), epsilon
    return None


def _variance(index: GraphIndex, tensor: str, source: str, axis: int) -> tuple[NodeProto, ...] | None:
    """The nodes that average the squares of what is left of the same source around the same mean."""
    squares = mean_of_squares(index, tensor)
    centring = _centred(index, squares.tensor) if squares is not None else None
    if squares is None or centring is None or centring[:2] != (source, axis) or squares.axis != axis:
        return None
    return (*centring[2], *squares.nodes)


def mean_of_squares(index: GraphIndex, tensor: str) -> Squares | None:
    """What is squared, by Pow or by Mul, and averaged over the last axes."""
    mean = index.producer(tensor, "ReduceMean")
    square = index.producer(mean.input[0], "Pow", "Mul") if mean is not None else None
    if mean is None or square is None:
        return None
    is_square = (
        square.input[0] == square.input[1] if square.op_type == "Mul" else _is_two(index, square.input[1])
    )
    axis = _first_axis(index, mean)
    return Squares(square.input[0], axis, (square, mean)) if is_square and axis is not None else None


def _is_two(index: GraphIndex, tensor: str) -> bool:
    return index.scalar(tensor) == 2.0


def _first_axis(index: GraphIndex, mean: NodeProto) -> int | None:
    """The first axis, counted from the end, of a mean over the last axes that keeps its dimensions."""
    shape = index.shape(mean.input[0])
    axes = attribute(mean, "axes")
    if axes is None and len(mean.input) > 1:
        given = index.constant(mean.input[1])
        axes = None if given is None else given.ravel().tolist()
    if shape is None or not axes or attribute(mean, "keepdims", 1) != 1:
        return None
    rank = len(shape)
    counted = sorted(int(axis) % rank - rank for axis in axes)
    return counted[0] if counted == list(range(counted[0], 0)) else None


def distinct(nodes: tuple[NodeProto, ...]) -> tuple[NodeProto, ...]:
    """The nodes, each of them once."""
    return tuple({node.output[0]: node for node in nodes}.values())
