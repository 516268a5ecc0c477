# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""IntegerKernelOp: what the custom ops of hardware kernels have in common."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from brainsmith_core.frameworks import TensorDescription
from brainsmith_kernels.graph import attribute
from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.hardware.parameters import Parameters
from brainsmith_kernels.kernel_op import KernelOp


class IntegerKernelOp(KernelOp):
    """An operator on rows of integers, which its kernel's back ends compute bit for bit.

    It follows ``brainsmith_core.hardware.HardwareKernel``. Tensors carry the integers as floats, as QONNX's
    do; scales stand on the node. ``fields`` gives for each further field of the specification the
    attribute's QONNX type and default.
    """

    specification: ClassVar[type[Parameters]]
    fields: ClassVar[Mapping[str, tuple[Any, ...]]] = {}
    folding = {"SIMD": "NumChannels"}  # noqa: RUF012

    def get_nodeattr_types(self) -> dict[str, Any]:
        """Those of every kernel, and the fields of the specification."""
        return super().get_nodeattr_types() | dict(self.fields)

    def record(self, model: Any) -> None:
        """Write the input's shape and datatype onto the node; the output's datatype is the node's own.

        An input that is annotated as float keeps the integer type that the node has: a conversion may
        annotate integers so on its way, and execution refuses values of another type.
        """
        tensor = self.onnx_node.input[0]
        shape = [int(size) for size in model.get_tensor_shape(tensor)]
        datatype = str(model.get_tensor_datatype(tensor).name)
        if datatype != "FLOAT32" or attribute(self.onnx_node, "inputDataType") is None:
            self.set_nodeattr("inputDataType", datatype)
        self.set_nodeattr("numInputVectors", shape[:-1])
        self.set_nodeattr("NumChannels", shape[-1])

    def parameters(self) -> Parameters:
        """The node's specification, which is what its back ends generate files from.

        Raises ``HardwareError`` for a datatype that is no integer, or anything else out of range.
        """
        (parallel,) = self.folding
        return self.specification(
            size=self.get_nodeattr("NumChannels"),
            simd=self.get_nodeattr(parallel),
            input_type=IntegerType.parse(self.get_nodeattr("inputDataType")),
            output_type=IntegerType.parse(self.get_nodeattr("outputDataType")),
            **{field: _value(self.get_nodeattr(field)) for field in self.fields},
        )

    @classmethod
    def node_attributes(cls, parameters: Parameters) -> dict[str, Any]:
        """The attributes of a node for one row; a node that has them gives equal parameters."""
        (parallel,) = cls.folding
        attributes: dict[str, Any] = {
            "inputDataType": str(parameters.input_type),
            "outputDataType": str(parameters.output_type),
            "numInputVectors": [1],
            "NumChannels": parameters.size,
            parallel: parameters.simd,
        }
        values = {field: getattr(parameters, field) for field in cls.fields}
        # ONNX can tell of no empty list what it would be a list of.
        return attributes | {
            field: list(value) if isinstance(value, tuple) else value
            for field, value in values.items()
            if value != ()
        }

    def input_tensors(self) -> tuple[TensorDescription, ...]:
        """The rows that go in."""
        return (self._rows(self.onnx_node.input[0], "inputDataType"),)

    def output_tensors(self) -> tuple[TensorDescription, ...]:
        """As many rows that come out."""
        return (self._rows(self.onnx_node.output[0], "outputDataType"),)

    def _rows(self, tensor: str, datatype: str) -> TensorDescription:
        leading = (int(size) for size in self.get_nodeattr("numInputVectors"))
        shape = (*leading, int(self.get_nodeattr("NumChannels")))
        return TensorDescription(tensor, shape, self.get_nodeattr(datatype))

    def count_cycles(self) -> int:
        """One word in each cycle; what a row waits for overlaps with the rows after it."""
        return int(math.prod(self.get_nodeattr("numInputVectors")) * self.parameters().words)

    def verify_node(self) -> None:
        """Raise ``BuildError`` as every kernel does, or ``HardwareError`` for parameters out of range."""
        super().verify_node()
        self.parameters()

    def compute(self, *operands: Any) -> Any:
        """The specification's rows; ``BuildError`` for values that are not of the input's type."""
        parameters = self.parameters()
        rows = operands[0].astype(np.int64)
        allowed = parameters.input_type
        if (rows != operands[0]).any() or rows.min() < allowed.minimum or rows.max() > allowed.maximum:
            raise self._error(
                f"was given other values than {allowed}", "run qonnx:InferDataTypes, and quantise"
            )
        flat = parameters.compute(rows.reshape(-1, parameters.size))
        return flat.reshape(rows.shape).astype(np.float32)


def _value(attribute: Any) -> Any:
    # qonnx gives lists as arrays, which compare and hash as nothing in a frozen specification does.
    return (
        tuple(int(entry) for entry in attribute) if isinstance(attribute, (list, np.ndarray)) else attribute
    )
