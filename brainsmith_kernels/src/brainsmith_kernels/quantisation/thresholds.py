# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Thresholds: at which integers a quantiser's result steps up, found by executing what leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.quantisation.evaluation import evaluate
from brainsmith_kernels.quantisation.quantiser import Quantiser
from brainsmith_kernels.quantisation.scaled_integers import ScaledIntegers, read_integers
from brainsmith_kernels.quantisation.unsuited import Unsuited

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Thresholds:
    """A quantiser of integers: the tensor behind which they are, and where the result steps up.

    ``values`` has a row for each channel of the last axis, or one for all; its entry ``k`` is the least
    integer for which the result is at least ``minimum + k + 1`` of the quantiser's integers. They
    ``are_identity`` if the result is the integer itself for all that occur. ``directions`` are the numbers,
    1 and -1, by which the integers are to be multiplied first, where the result of some channel falls.
    """

    source: str
    nodes: tuple[NodeProto, ...]
    values: Array
    are_identity: bool
    directions: Array | None


def find_thresholds(index: GraphIndex, quantiser: Quantiser) -> Thresholds:
    """The thresholds of a quantiser behind products and sums of integers with constants.

    They are exact: whatever float32 rounds on the way, and halves to even, the steps are where the
    graph's are. Raises ``Unsuited`` if there is no integer behind it, a factor is zero, a constant differs
    along another axis than the last, or there is a zero point.
    """
    scale, zero_point = quantiser.scalar()
    if zero_point:
        raise Unsuited(f"the quantiser {quantiser.node.name!r} has a zero point")
    nodes, tensor, source = _affine_part(index, quantiser.source)
    if source.zero_point:
        raise Unsuited(f"its input {tensor!r} has a zero point")
    channels = _channels(index, tensor, nodes)
    levels = np.arange(quantiser.minimum + 1, quantiser.maximum + 1, dtype=np.float32)
    directions = _directions(index, nodes, channels)
    search = _Search(index.model, (*nodes, quantiser.node), tensor, source, scale, directions)
    values = search.steps(np.broadcast_to(levels[:, np.newaxis], (len(levels), channels)))
    rows = np.ascontiguousarray(values.T).astype(np.float32)
    rows = rows[:1] if (rows == rows[0]).all() else rows
    inside = quantiser.minimum <= source.minimum and source.maximum <= quantiser.maximum
    expected = levels.clip(source.minimum, source.maximum + 1)
    rising = bool((directions == 1).all())
    identity = rising and inside and len(rows) == 1 and bool((rows == expected).all())
    return Thresholds(tensor, nodes, rows, identity, None if rising else directions)


@dataclass(frozen=True)
class _Search:
    model: Any
    nodes: tuple[NodeProto, ...]
    tensor: str
    source: ScaledIntegers
    scale: float
    directions: Array

    def steps(self, levels: Array) -> NDArray[np.int64]:
        """The least integer that reaches each level; one more than the greatest where none does.

        Integers are counted in the channel's direction: where its result falls, from the greatest down.
        """
        least = np.where(self.directions > 0, self.source.minimum, -self.source.maximum)
        most = np.where(self.directions > 0, self.source.maximum, -self.source.minimum)
        low = np.broadcast_to(least, levels.shape).astype(np.int64)
        high = np.broadcast_to(most + 1, levels.shape).astype(np.int64)
        while (low < high).any():
            middle = (low + high) // 2
            reached = (self._results(np.minimum(middle, most)) >= levels) | (middle > most)
            high = np.where(reached, middle, high)
            low = np.where(reached, low, np.minimum(middle + 1, high))
        return low

    def _results(self, integers: NDArray[np.int64]) -> NDArray[Any]:
        values = (integers * self.directions).astype(np.float32) * np.float32(self.source.factor)
        results = evaluate(self.model, self.nodes, self.tensor, values)
        rounded: NDArray[Any] = np.rint(results / np.float32(self.scale))
        return rounded


def _directions(index: GraphIndex, nodes: tuple[NodeProto, ...], channels: int) -> Array:
    """Whether each channel's result rises with the integer, 1, or falls, -1."""
    directions = np.ones(channels, dtype=np.float32)
    for node in nodes:
        for constant in map(index.constant, node.input):
            if constant is not None and is_standard(node, "Mul", "Div"):
                directions = directions * np.sign(constant.reshape(-1)).astype(np.float32)
    return directions


def _affine_part(index: GraphIndex, tensor: str) -> tuple[tuple[NodeProto, ...], str, ScaledIntegers]:
    """The nodes from integers behind a scale to the tensor, that scale's tensor, and the integers."""
    nodes: list[NodeProto] = []
    while True:
        try:
            return tuple(reversed(nodes)), tensor, read_integers(index, tensor)
        except Unsuited:
            node = index.producer(tensor, "Mul", "Div", "Add", "Sub")
            inner = _operand(index, node) if node is not None else None
            if node is None or inner is None:
                raise
        nodes.append(node)
        tensor = inner


def _operand(index: GraphIndex, node: NodeProto) -> str | None:
    """The operand that is no constant, if the result rises or falls with it throughout."""
    left, right = (index.constant(name) for name in node.input)
    if (left is None) == (right is None) or (left is not None and is_standard(node, "Div", "Sub")):
        return None
    constant = left if left is not None else right
    if is_standard(node, "Mul", "Div") and (np.asarray(constant) == 0).any():
        raise Unsuited(f"a factor of {node.name!r} is zero")
    return str(node.input[0] if right is not None else node.input[1])


def _channels(index: GraphIndex, tensor: str, nodes: tuple[NodeProto, ...]) -> int:
    """The length of the last axis if a constant differs along it, otherwise 1."""
    channels = 1
    for node in nodes:
        for constant in filter(lambda value: value is not None, map(index.constant, node.input)):
            size = np.asarray(constant).size
            if size > 1 and size != np.asarray(constant).shape[-1]:
                raise Unsuited(f"a constant of {node.name!r} differs along another axis than the last")
            channels = max(channels, size)
    if channels > 1 and channels != (index.shape(tensor) or (0,))[-1]:
        raise Unsuited(f"a constant of the quantiser's input widens {tensor!r}")
    return channels
