# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""MergeOpChains: chains of constant arithmetic become one multiplication and one addition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, helper
from qonnx.transformation.base import Transformation

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import (
    GraphIndex,
    container,
    new_constant,
    new_tensor,
    numpy_type,
    replace_nodes,
)

Array = NDArray[Any]


class MergeOpChains(Transformation):
    """Replace a chain of Add, Sub, Mul and Div by constants with ``x · A + B``, where that saves nodes.

    What is computed is the same function of the real numbers: ``A`` and ``B`` are folded in float64 and
    rounded once to the tensor's type, so the result differs from the chain's only by the rounding of the
    chain's own intermediate results, a few units in the last place of the largest of them.

    A chain ends at a tensor that is an output of the graph, has several readers or carries a datatype
    narrower than float, and before a constant that would make ``A`` or ``B`` infinite, NaN or subnormal.
    Constants may broadcast in any way; those that others share are left to them.
    """

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a chain was merged."""
        index = GraphIndex(model)
        for node in model.graph.node:
            # Only from its first node on does a chain show its whole length.
            first = _link(index, node)
            if first is None or _continues(index, first.source):
                continue
            for chain in _pieces(index, first):
                if _merge(index, chain):
                    return model, True
        return model, False


@dataclass(frozen=True)
class _Affine:
    """``x · factor + offset``; ``None`` stands for a factor of 1 or an offset of 0 that was never there."""

    factor: Array | None = None
    offset: Array | None = None

    def then(self, other: _Affine) -> _Affine:
        """The composition: this function first, the other on its result."""
        factor = _combine(np.multiply, self.factor, other.factor)
        offset = self.offset
        if offset is not None and other.factor is not None:
            offset = offset * other.factor
        return _Affine(factor, _combine(np.add, offset, other.offset))

    def is_representable(self, datatype: np.dtype[Any]) -> bool:
        """Whether rounding to the type keeps each value finite, and its relative precision."""
        return all(
            _is_representable(part, datatype) for part in (self.factor, self.offset) if part is not None
        )

    @property
    def length(self) -> int:
        """The nodes that it takes."""
        return (self.factor is not None) + (self.offset is not None)


@dataclass(frozen=True)
class _Link:
    """A node of a chain: the tensor that runs through it, and what is done to it."""

    node: NodeProto
    source: str
    affine: _Affine


def _link(index: GraphIndex, node: NodeProto) -> _Link | None:
    if not is_standard(node, "Add", "Sub", "Mul", "Div"):
        return None
    values = [index.constant(tensor) for tensor in node.input]
    if (values[0] is None) == (values[1] is None):
        return None
    place = 0 if values[0] is None else 1
    constant = values[1 - place]
    datatype = numpy_type(container(index.model, node.input[place]))
    if constant is None or datatype not in (np.float16, np.float32, np.float64) or constant.dtype != datatype:
        return None
    affine = _affine(node.op_type, constant.astype(np.float64), is_left=place == 0)
    if affine is None or not affine.is_representable(datatype):
        return None
    return _Link(node, node.input[place], affine)


def _affine(op_type: str, constant: Array, *, is_left: bool) -> _Affine | None:
    """What the operator does to the tensor that stands left or right of the constant."""
    if op_type == "Add":
        return _Affine(offset=constant)
    if op_type == "Mul":
        return _Affine(factor=constant)
    if op_type == "Sub":
        return _Affine(offset=-constant) if is_left else _Affine(np.full((), -1.0), constant)
    if not is_left:
        return None
    with np.errstate(divide="ignore"):
        return _Affine(factor=1.0 / constant)


def _continues(index: GraphIndex, source: str) -> bool:
    """Whether the chain that reads this tensor began before it."""
    before = index.producer(source, "Add", "Sub", "Mul", "Div")
    return before is not None and _is_inner(index, source) and _link(index, before) is not None


def _is_inner(index: GraphIndex, tensor: str) -> bool:
    return index.only_reader(tensor) is not None and index.is_plain(tensor)


def _pieces(index: GraphIndex, first: _Link) -> list[list[_Link]]:
    """The chain from its first link on, cut where folding on would leave the range of the type."""
    datatype = numpy_type(container(index.model, first.source))
    pieces, folded = [[first]], first.affine
    while _is_inner(index, pieces[-1][-1].node.output[0]):
        reader = index.only_reader(pieces[-1][-1].node.output[0])
        link = _link(index, reader) if reader is not None else None
        if link is None:
            break
        folded = folded.then(link.affine)
        if folded.is_representable(datatype):
            pieces[-1].append(link)
        else:
            pieces.append([link])
            folded = link.affine
    return pieces


def _merge(index: GraphIndex, chain: list[_Link]) -> bool:
    model, source, output = index.model, chain[0].source, chain[-1].node.output[0]
    folded = _Affine()
    for link in chain:
        folded = folded.then(link.affine)
    folded = _without_neutral(index, folded, source, output)
    if folded.length >= len(chain):
        return False
    elem_type = container(model, source)
    steps = [("Mul", folded.factor), ("Add", folded.offset)]
    nodes, tensor = [], source
    for op_type, constant in [(op_type, constant) for op_type, constant in steps if constant is not None]:
        is_last = op_type == "Add" or folded.offset is None
        target = output
        operand = new_constant(model, f"{output}_{op_type.lower()}", constant.astype(numpy_type(elem_type)))
        if not is_last:
            shape = _broadcast(index.shape(source), constant)
            target = new_tensor(model, f"{output}_product", shape, elem_type)
        nodes.append(helper.make_node(op_type, [tensor, operand], [target], name=_name(chain, op_type)))
        tensor = target
    replace_nodes(model, [link.node for link in chain], nodes)
    return True


def _without_neutral(index: GraphIndex, folded: _Affine, source: str, output: str) -> _Affine:
    """Leave out a factor of 1 or an offset of 0, as long as one part stays and the shape does not change."""
    shape, result = index.shape(source), index.shape(output)
    if shape is None or result is None or folded.length < 2:
        return folded
    datatype = numpy_type(container(index.model, source))
    for part, neutral, rest in (
        (folded.factor, 1.0, _Affine(offset=folded.offset)),
        (folded.offset, 0.0, _Affine(factor=folded.factor)),
    ):
        kept = rest.factor if rest.factor is not None else rest.offset
        if part is None or _broadcast(shape, kept) != result:
            continue
        # As the model will have it: 1/c · c need not be 1 before it is rounded.
        if (part.astype(datatype) == neutral).all():
            return rest
    return folded


def _combine(function: Any, left: Array | None, right: Array | None) -> Array | None:
    if left is None or right is None:
        return right if left is None else left
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        combined: Array = function(left, right)
    return combined


def _is_representable(value: Array, datatype: np.dtype[Any]) -> bool:
    with np.errstate(over="ignore", under="ignore"):
        rounded = value.astype(datatype)
    normal = np.abs(rounded) >= np.finfo(datatype).tiny
    return bool((np.isfinite(rounded) & (normal | (value == 0))).all())


def _broadcast(shape: tuple[int, ...] | None, constant: Array | None) -> tuple[int, ...] | None:
    if shape is None or constant is None:
        return shape
    return np.broadcast_shapes(shape, constant.shape)


def _name(chain: list[_Link], op_type: str) -> str:
    name = chain[-1].node.name
    return f"{name}_{op_type.lower()}" if name else ""
