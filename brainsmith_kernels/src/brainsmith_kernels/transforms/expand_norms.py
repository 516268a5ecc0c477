# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""ExpandNorms: LayerNormalization becomes what it is made of."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from onnx import NodeProto, helper
from qonnx.transformation.base import Transformation

from brainsmith_core.errors import DeclarationError
from brainsmith_kernels.domain import onnx_opset
from brainsmith_kernels.graph import GraphIndex, new_constant, new_tensor
from brainsmith_kernels.layernorm.infer import make_layer_norm
from brainsmith_kernels.layernorm.normalization import (
    find_normalizations,
    make_normalization,
    split,
)

FORMS = ("normalisation", "elementary", "kernel")


class ExpandNorms(Transformation):
    """Replace each LayerNormalization with a normalisation, a Mul by its scale and an Add of its bias.

    ``to`` says what the normalisation becomes: ``"normalisation"``, a LayerNormalization with unit scale and
    no bias; ``"elementary"``, ReduceMean, Sub, Mul, Add, Sqrt and Div; ``"kernel"``, the kernel LayerNorm (of
    the last axis only, others are left whole). A scale of 1 and a bias of 0 are left out. Raises
    ``DeclarationError`` for another word.
    """

    def __init__(self, to: str = "normalisation") -> None:
        super().__init__()
        if to not in FORMS:
            raise DeclarationError(
                f"ExpandNorms cannot expand to {to!r}", remedy=f"choose one of {', '.join(map(repr, FORMS))}"
            )
        self.to = to

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a node was replaced."""
        index = GraphIndex(model)
        for found in find_normalizations(index):
            if self.to == "elementary":
                split(index, found, partial(_make_elementary, axis=found.axis))
                return model, True
            if self.to == "kernel" and found.axis == -1:
                split(index, found, make_layer_norm)
                return model, True
            if self.to == "normalisation" and (found.has_scale or found.has_bias):
                split(index, found, partial(make_normalization, axis=found.axis))
                return model, True
        return model, False


def _make_elementary(
    model: Any, source: str, output: str, name: str, epsilon: float, *, axis: int
) -> list[NodeProto]:
    shape = [int(size) for size in model.get_tensor_shape(source)]
    row = [*shape[:axis], *[1] * -axis]
    words = (
        ("mean", row),
        ("centred", shape),
        ("square", shape),
        ("variance", row),
        ("guarded", row),
        ("deviation", row),
    )
    mean, centred, square, variance, guarded, deviation = (
        new_tensor(model, f"{output}_{word}", size) for word, size in words
    )
    constant = new_constant(model, f"{output}_epsilon", np.asarray(epsilon, dtype=np.float32))
    nodes = [
        _make_mean(model, source, mean, axis),
        helper.make_node("Sub", [source, mean], [centred]),
        helper.make_node("Mul", [centred, centred], [square]),
        _make_mean(model, square, variance, axis),
        helper.make_node("Add", [variance, constant], [guarded]),
        helper.make_node("Sqrt", [guarded], [deviation]),
        helper.make_node("Div", [centred, deviation], [output]),
    ]
    for node in nodes:
        node.name = f"{name}_{node.op_type}_{node.output[0].rpartition('_')[2]}" if name else ""
    return nodes


def _make_mean(model: Any, source: str, output: str, axis: int) -> NodeProto:
    axes = list(range(axis, 0))
    if onnx_opset(model) < 18:
        return helper.make_node("ReduceMean", [source], [output], axes=axes, keepdims=1)
    given = new_constant(model, f"{output}_axes", np.asarray(axes, dtype=np.int64))
    return helper.make_node("ReduceMean", [source, given], [output], keepdims=1)
