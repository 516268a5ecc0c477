# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The footprint: the parameters of a model, and how many bits each takes once it is quantised."""

from __future__ import annotations

import math
from dataclasses import dataclass

from onnx import NodeProto, TensorProto
from qonnx.core.modelwrapper import ModelWrapper


@dataclass(frozen=True)
class Parameter:
    """One constant tensor of the graph; ``bits`` is the width of one element."""

    name: str
    shape: tuple[int, ...]
    bits: int

    @property
    def count(self) -> int:
        return math.prod(self.shape)


def parameters(model: ModelWrapper) -> list[Parameter]:
    """The floating-point initializers that nodes compute with, in the graph's order.

    The width is that of the quantiser that reads the tensor, and else that of its datatype annotation.
    A quantiser's own scale, zero point and bit width are left out, as are shapes and indices.
    """
    widths: dict[str, int] = {}
    for node in model.graph.node:
        for position, name in enumerate(node.input):
            quantiser = node.op_type in ("Quant", "IntQuant", "BipolarQuant")
            if not quantiser:
                widths.setdefault(name, model.get_tensor_datatype(name).bitwidth())
            elif position == 0:
                widths[name] = _quantised_width(model, node)
    return [
        Parameter(tensor.name, tuple(tensor.dims), widths[tensor.name])
        for tensor in model.graph.initializer
        if tensor.name in widths and tensor.data_type in (TensorProto.FLOAT, TensorProto.DOUBLE)
    ]


def _quantised_width(model: ModelWrapper, quantiser: NodeProto) -> int:
    if quantiser.op_type == "BipolarQuant":
        return 1
    return int(model.get_initializer(quantiser.input[3]))
