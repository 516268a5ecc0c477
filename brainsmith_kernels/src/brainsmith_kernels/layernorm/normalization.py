# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""ONNX's LayerNormalization: its parts, and how to take scale and bias out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import (
    GraphIndex,
    attribute,
    new_constant,
    new_tensor,
    numpy_type,
    replace_nodes,
)

#: Makes the nodes between two tensors, given the model, both names, the node's name and epsilon.
MakeNorm = Callable[[Any, str, str, str, float], NodeProto | Sequence[NodeProto]]


@dataclass(frozen=True)
class Normalization:
    """A LayerNormalization that has one output in use, computed in float32.

    ``axis`` is the first normalised axis, counted from the end; ``has_scale`` and ``has_bias`` are false
    where the constant is 1, or 0, or absent.
    """

    node: NodeProto
    shape: tuple[int, ...]
    axis: int
    epsilon: float
    has_scale: bool
    has_bias: bool


def find_normalizations(index: GraphIndex) -> list[Normalization]:
    """Every LayerNormalization of a float tensor of known shape, of which only the first output is used."""
    nodes = (node for node in index.model.graph.node if is_standard(node, "LayerNormalization"))
    return [found for node in nodes if (found := _describe(index, node))]


def split(index: GraphIndex, found: Normalization, make_norm: MakeNorm) -> None:
    """Replace the node with what ``make_norm`` makes, a Mul by the scale and an Add of the bias."""
    model, node = index.model, found.node
    operands = [("Mul", node.input[1])] if found.has_scale else []
    operands += [("Add", node.input[2])] if found.has_bias else []
    output = node.output[0]
    names = [new_tensor(model, f"{output}_normalised", found.shape)] if operands else []
    names += [new_tensor(model, f"{output}_scaled", found.shape)] if len(operands) > 1 else []
    names.append(output)
    made = make_norm(model, node.input[0], names[0], node.name, found.epsilon)
    nodes = [made] if isinstance(made, NodeProto) else list(made)
    for (op_type, operand), source, target in zip(operands, names, names[1:], strict=False):
        nodes.append(
            helper.make_node(op_type, [source, operand], [target], name=_suffixed(node.name, op_type))
        )
    replace_nodes(model, [node], nodes)


def make_normalization(
    model: Any, source: str, output: str, name: str, epsilon: float, *, axis: int
) -> NodeProto:
    """A LayerNormalization with unit scale and no bias."""
    shape = [int(size) for size in model.get_tensor_shape(source)][axis:]
    ones = new_constant(model, f"{output}_unit", np.ones(shape, dtype=np.float32))
    return helper.make_node(
        "LayerNormalization", [source, ones], [output], name=name, axis=axis, epsilon=float(epsilon)
    )


def _describe(index: GraphIndex, node: NodeProto) -> Normalization | None:
    shape = index.shape(node.input[0])
    # A statistic that is an output of the graph, or that something reads, would be lost.
    extras = [output for output in node.output[1:] if output]
    in_use = any(output in index.outputs or index.readers(output) for output in extras)
    stash = attribute(node, "stash_type", TensorProto.FLOAT)
    if not shape or in_use or stash != TensorProto.FLOAT or not index.is_float(node.input[0]):
        return None
    rank = len(shape)
    return Normalization(
        node=node,
        shape=shape,
        axis=int(attribute(node, "axis", -1)) % rank - rank,
        epsilon=float(attribute(node, "epsilon", 1e-5)),
        has_scale=not _is_all(index, node.input[1], 1.0),
        has_bias=len(node.input) > 2 and bool(node.input[2]) and not _is_all(index, node.input[2], 0.0),
    )


def _is_all(index: GraphIndex, tensor: str, value: float) -> bool:
    constant = index.constant(tensor)
    return constant is not None and bool((constant == numpy_type(TensorProto.FLOAT).type(value)).all())


def _suffixed(name: str, op_type: str) -> str:
    return f"{name}_{op_type}" if name else ""
