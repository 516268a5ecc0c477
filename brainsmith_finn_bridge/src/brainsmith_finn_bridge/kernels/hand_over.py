# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""HandOverKernels: nodes of other packs' kernels become nodes of FINN's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qonnx.custom_op.registry import getCustomOp, is_custom_op
from qonnx.transformation.base import Transformation
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

from brainsmith_core.errors import BrainsmithError, HardwareError
from brainsmith_finn_bridge.kernels.kernel import NativeKernel
from brainsmith_finn_bridge.whole_model import DOMAIN


class HandOverKernels(Transformation):
    """Give every node of the kernels FINN's domain; its op type, attributes and tensors stay.

    What the kernel needs of the graph is written onto the node before. Raises ``HardwareError`` for a node
    for which there is no hardware, such as one whose input is not quantised. The kernels must be registered.
    """

    def __init__(self, kernels: Iterable[NativeKernel]) -> None:
        super().__init__()
        self._kernels = {kernel.op_type: kernel for kernel in kernels}

    def apply(self, model: Any) -> tuple[Any, bool]:
        """The model, and that the transform need not run again."""
        model = model.transform(InferShapes()).transform(InferDataTypes())
        for node in model.graph.node:
            kernel = self._kernels.get(node.op_type)
            if kernel is not None and _is_node_of(node, kernel):
                _hand_over(node, model)
        return model, False


def _is_node_of(node: Any, kernel: NativeKernel) -> bool:
    """Whether the node is of the kernel's class, in whatever domain that is; those of FINN's are not."""
    if node.domain.startswith(DOMAIN) or not is_custom_op(node.domain, node.op_type):
        return False
    return isinstance(getCustomOp(node), kernel.kernel_class())


def _hand_over(node: Any, model: Any) -> None:
    op = getCustomOp(node)
    try:
        op.infer_node_datatype(model)
        op.parameters()
        _check_inputs(op, model)
    except BrainsmithError as error:
        error.place = error.place if "node" in error.place else f"node {node.name or node.output[0]}"
        raise
    node.domain = DOMAIN
    getCustomOp(node).set_nodeattr("backend", "fpgadataflow")


def _check_inputs(op: Any, model: Any) -> None:
    for tensor in op.input_tensors():
        annotated = str(model.get_tensor_datatype(tensor.name).name)
        if annotated != tensor.datatype:
            raise HardwareError(
                f"takes {tensor.datatype}, and its input {tensor.name!r} is {annotated}",
                remedy="streamline the model first, and quantise what leads to the node",
            )
