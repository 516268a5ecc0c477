# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""MatMul: the custom op of the kernel."""

from __future__ import annotations

import math
from typing import Any

from onnx import NodeProto, helper
from qonnx.core.datatype import DataType

from brainsmith_kernels.kernel_op import KernelOp
from brainsmith_kernels.matmul.accumulator import accumulator_datatype
from brainsmith_kernels.matmul.specification import float_matmul, integer_matmul


class MatMul(KernelOp):
    """The product of ``(…, MW)`` or ``(…, M, MW)`` by ``(…, MW, MH)``, exact where both are integers.

    ``SIMD`` inputs and ``PE`` outputs are worked on in each cycle; attribute names are those of FINN's
    matrix-vector unit. The second operand is a constant or another activation.
    """

    folding = {"SIMD": "MW", "PE": "MH"}  # noqa: RUF012
    inputs = 2

    def get_nodeattr_types(self) -> dict[str, Any]:
        """Those of every kernel, and the datatype of the second operand."""
        return super().get_nodeattr_types() | {"weightDataType": ("s", True, "")}

    def make_shape_compatible_op(self, model: Any) -> NodeProto:
        """The standard MatMul."""
        return helper.make_node("MatMul", list(self.onnx_node.input), list(self.onnx_node.output))

    def record(self, model: Any) -> None:
        """Write the operands' shapes and datatypes, and the accumulator's datatype, onto the node."""
        left, right = self.onnx_node.input
        a, b = model.get_tensor_datatype(left), model.get_tensor_datatype(right)
        left_shape, right_shape = model.get_tensor_shape(left), model.get_tensor_shape(right)
        output = DataType["FLOAT32"]
        if a.is_integer() and b.is_integer():
            output = accumulator_datatype(a, b, int(left_shape[-1]), model.get_initializer(right))
        self.set_nodeattr("inputDataType", a.name)
        self.set_nodeattr("weightDataType", b.name)
        self.set_nodeattr("outputDataType", output.name)
        self.set_nodeattr("MW", int(left_shape[-1]))
        self.set_nodeattr("MH", int(right_shape[-1]))
        self.set_nodeattr("numInputVectors", _vectors(left_shape, right_shape))

    def count_cycles(self) -> int:
        """One cycle for each fold of the weights and each input vector."""
        inputs = self.get_nodeattr("MW") // self.get_nodeattr("SIMD")
        outputs = self.get_nodeattr("MH") // self.get_nodeattr("PE")
        return int(math.prod(self.get_nodeattr("numInputVectors")) * inputs * outputs)

    def compute(self, *operands: Any) -> Any:
        """The product of both operands."""
        datatypes = (self.get_nodeattr("inputDataType"), self.get_nodeattr("weightDataType"))
        if all(DataType[name].is_integer() for name in datatypes):
            return integer_matmul(*operands)
        return float_matmul(*operands)


def _vectors(left: list[int], right: list[int]) -> list[int]:
    # Leading dimensions broadcast against each other; the left operand's rows are vectors, too.
    rank = max(len(left), len(right)) - 2
    batches = [[1] * (rank + 2 - len(shape)) + [int(size) for size in shape[:-2]] for shape in (left, right)]
    return [max(pair) for pair in zip(*batches, strict=True)] + [int(left[-2])]
