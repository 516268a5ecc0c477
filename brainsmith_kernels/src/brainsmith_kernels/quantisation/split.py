# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The split of a quantised tensor: integers, and behind them their scale and zero point."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, helper
from qonnx.core.datatype import DataType

from brainsmith_kernels.graph import new_constant, new_tensor
from brainsmith_kernels.quantisation.quantiser import Quantiser

Array = NDArray[Any]


def split_quantiser(model: Any, found: Quantiser) -> str:
    """Put the quantiser's one scale and zero point outside it, and name the tensor of integers it then gives.

    What is computed stays the same, operation by operation.
    """
    node, shape = found.node, model.get_tensor_shape(found.source)
    datatype = DataType[str(found.type)]
    if found.scalar() == (1.0, 0):
        model.set_tensor_datatype(found.output, datatype)
        return found.output
    output = found.output
    integers = new_tensor(model, f"{output}_integers", shape)
    before, after = _outside(model, found, shape)
    after[0].input[0] = integers
    for made in (*before, *after):
        made.name = _named(node, made.op_type)
    place = list(model.graph.node).index(node)
    for offset, made in enumerate(before):
        model.graph.node.insert(place + offset, made)
    for offset, made in enumerate(after):
        model.graph.node.insert(place + len(before) + 1 + offset, made)
    if before:
        node.input[0] = before[-1].output[0]
    node.input[1] = new_constant(model, f"{output}_one", np.asarray(1, dtype=np.float32))
    node.input[2] = new_constant(model, f"{output}_zero", np.asarray(0, dtype=np.float32))
    node.output[0] = integers
    model.set_tensor_datatype(integers, datatype)
    model.set_tensor_datatype(output, DataType["FLOAT32"])
    return integers


def _outside(model: Any, found: Quantiser, shape: list[int]) -> tuple[list[NodeProto], list[NodeProto]]:
    """The nodes before the integers, and those after, whose first input is still to be set."""
    before: list[NodeProto] = []
    after: list[NodeProto] = []
    scale, zero_point = (
        new_constant(model, f"{found.output}_{word}", value.reshape(()))
        for word, value in (("scale", found.scale), ("zero_point", found.zero_point))
    )
    source, sink = found.source, found.output
    if float(found.scale.reshape(())) != 1:
        divided = new_tensor(model, f"{sink}_divided", shape)
        before.append(helper.make_node("Div", [source, scale], [divided]))
        source = divided
        after.append(helper.make_node("Mul", ["", scale], [sink]))
    if found.zero_point.any():
        shifted = new_tensor(model, f"{sink}_shifted", shape)
        before.append(helper.make_node("Add", [source, zero_point], [shifted]))
        centred = new_tensor(model, f"{sink}_centred", shape) if after else sink
        if after:
            after[0].input[0] = centred
        after.insert(0, helper.make_node("Sub", ["", zero_point], [centred]))
    return before, after


def append_scale(
    model: Any, node: NodeProto, integers: str, output: str, scale: Array, zero_point: int
) -> None:
    """Make the tensor ``output`` anew from its integers, behind the node that makes these."""
    place = list(model.graph.node).index(node) + 1
    source = integers
    if zero_point:
        shape = model.get_tensor_shape(output)
        source = new_tensor(model, f"{output}_centred", shape)
        shift = new_constant(model, f"{output}_zero_point", np.asarray(zero_point, dtype=np.float32))
        centring = helper.make_node("Sub", [integers, shift], [source], name=_named(node, "Sub"))
        model.graph.node.insert(place, centring)
        place += 1
    factor = new_constant(model, f"{output}_scale", scale.reshape(()))
    scaling = helper.make_node("Mul", [source, factor], [output], name=_named(node, "Mul"))
    model.graph.node.insert(place, scaling)


def _named(node: NodeProto, op_type: str) -> str:
    return f"{node.name}_{op_type}" if node.name else ""
