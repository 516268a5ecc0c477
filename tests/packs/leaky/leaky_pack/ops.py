# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The ONNX domain ``leaky_pack.ops``."""

from __future__ import annotations

import numpy as np
from onnx import helper
from qonnx.core.datatype import DataType
from qonnx.custom_op.base import CustomOp

from brainsmith_core.errors import HardwareError
from brainsmith_core.frameworks import TensorDescription
from leaky_pack.rows import Rows


class RowOp(CustomOp):
    """Rows of signed integers in and rows of as many out, ``Lanes`` elements in each cycle."""

    folding = {"Lanes": "Length"}  # noqa: RUF012

    def get_nodeattr_types(self):
        return {
            "Lanes": ("i", False, 1),
            "Length": ("i", False, 0),
            "leading": ("ints", False, [1]),
            "bits": ("i", False, 8),
            "shift": ("i", False, 1),
        }

    def infer_node_datatype(self, model):
        node = self.onnx_node
        *leading, length = model.get_tensor_shape(node.input[0])
        self.set_nodeattr("leading", leading)
        self.set_nodeattr("Length", length)
        self.set_nodeattr("bits", model.get_tensor_datatype(node.input[0]).bitwidth())
        model.set_tensor_datatype(node.output[0], DataType[self._datatype()])

    def _datatype(self):
        return f"INT{self.get_nodeattr('bits')}"

    def parameters(self):
        names = {"length": "Length", "lanes": "Lanes", "bits": "bits", "shift": "shift"}
        return Rows(
            kernel=type(self).__name__,
            **{name: self.get_nodeattr(attribute) for name, attribute in names.items()},
        )

    @classmethod
    def node_attributes(cls, parameters):
        return {
            "Length": parameters.length,
            "Lanes": parameters.lanes,
            "bits": parameters.bits,
            "shift": parameters.shift,
            "leading": [1],
        }

    def _tensors(self, names):
        shape = (*(int(size) for size in self.get_nodeattr("leading")), self.get_nodeattr("Length"))
        return [TensorDescription(name, shape, self._datatype()) for name in names]

    def input_tensors(self):
        return self._tensors(self.onnx_node.input)

    def output_tensors(self):
        return self._tensors(self.onnx_node.output)

    def make_shape_compatible_op(self, model):
        return helper.make_node("Identity", [self.onnx_node.input[0]], [self.onnx_node.output[0]])

    def execute_node(self, context, graph):
        node = self.onnx_node
        operands = [context[name].astype(np.int64) for name in node.input]
        if any((operand != context[name]).any() for operand, name in zip(operands, node.input, strict=True)):
            raise HardwareError("was given other values than integers", place=node.name)
        context[node.output[0]] = self.parameters().compute(*operands).astype(np.float32)

    def verify_node(self):
        self.parameters()


class LeakyRelu2(RowOp):
    """``x`` where it is positive, else ``x >> shift``."""


class Midpoint(RowOp):
    """``(a + b) >> shift``."""
