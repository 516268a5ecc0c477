# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""KernelOp: what the kernels' custom ops have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from onnx import GraphProto, NodeProto, helper
from qonnx.core.datatype import DataType
from qonnx.custom_op.base import CustomOp

from brainsmith_core.errors import BuildError


class KernelOp(CustomOp):
    """An operator that a hardware kernel will stand for.

    A subclass says in ``folding`` which attribute (``SIMD``, ``PE``) divides which dimension's attribute,
    and computes with its folder's ``specification``; nodes record the shape and the datatypes that the
    graph had when ``infer_node_datatype`` last ran.
    """

    folding: ClassVar[Mapping[str, str]] = {}
    inputs: ClassVar[int] = 1

    def get_nodeattr_types(self) -> dict[str, Any]:
        """The attributes of every kernel: datatypes, leading dimensions, and the folding at its default."""
        attributes: dict[str, Any] = {
            "inputDataType": ("s", True, ""),
            "outputDataType": ("s", True, ""),
            "numInputVectors": ("ints", True, [1]),
        }
        attributes |= dict.fromkeys(self.folding.values(), ("i", True, 0))
        return attributes | dict.fromkeys(self.folding, ("i", False, 1))

    @abstractmethod
    def record(self, model: Any) -> None:
        """Write the graph's shapes and datatypes onto the node."""

    @abstractmethod
    def count_cycles(self) -> int:
        """``get_exp_cycles`` on a node whose attributes are known to be right."""

    def infer_node_datatype(self, model: Any) -> None:
        """Annotate the output, and record on the node what the graph says about its tensors."""
        self.record(model)
        model.set_tensor_datatype(self.onnx_node.output[0], DataType[self.get_nodeattr("outputDataType")])

    def make_shape_compatible_op(self, model: Any) -> NodeProto:
        """A standard operator whose output has the shape of the first input."""
        return helper.make_node("Identity", [self.onnx_node.input[0]], [self.onnx_node.output[0]])

    def verify_node(self) -> None:
        """Raise ``BuildError`` for wrong inputs, a missing attribute or a folding that does not divide."""
        if len(self.onnx_node.input) != self.inputs:
            found = f"{len(self.onnx_node.input)} inputs where it takes {self.inputs}"
            raise self._error(f"has {found}", "make it with the kernel's inference transform")
        present = {entry.name for entry in self.onnx_node.attribute}
        required = {name for name, words in self.get_nodeattr_types().items() if words[1]}
        if missing := sorted(required - present):
            raise self._error(f"lacks the attribute {', '.join(missing)}", "run qonnx:InferDataTypes")
        for parallel, size in self.folding.items():
            self._check_folding(parallel, size)

    def get_exp_cycles(self) -> int:
        """The clock cycles between one input of the recorded shape and the next, for the node's folding.

        An estimate from the dimensions alone: a pipeline that takes one folded word in each cycle, as
        FINN counts. Raises ``BuildError`` as ``verify_node`` does.
        """
        self.verify_node()
        return self.count_cycles()

    def execute_node(self, context: dict[str, Any], graph: GraphProto) -> None:
        """Compute the output from the inputs, exactly as the specification says."""
        operands = [context[name] for name in self.onnx_node.input]
        context[self.onnx_node.output[0]] = self.compute(*operands)

    @abstractmethod
    def compute(self, *operands: Any) -> Any:
        """The specification, applied with the node's attributes."""

    def _record_rows(self, model: Any) -> None:
        tensor = self.onnx_node.input[0]
        shape = [int(size) for size in model.get_tensor_shape(tensor)]
        self.set_nodeattr("inputDataType", model.get_tensor_datatype(tensor).name)
        self.set_nodeattr("outputDataType", "FLOAT32")
        self.set_nodeattr("numInputVectors", shape[:-1])
        self.set_nodeattr("NumChannels", shape[-1])

    def _check_folding(self, parallel: str, size: str) -> None:
        width, length = self.get_nodeattr(parallel), self.get_nodeattr(size)
        if width < 1 or length % width:
            divisors = ", ".join(str(number) for number in range(1, length + 1) if length % number == 0)
            raise self._error(
                f"{parallel}={width} does not divide {size}={length}", f"choose one of {divisors}"
            )

    def _error(self, fact: str, remedy: str) -> BuildError:
        node = self.onnx_node
        return BuildError(
            f"{node.op_type} {fact}", place=f"node {node.name or node.output[0]}", remedy=remedy
        )
