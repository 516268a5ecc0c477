# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""InferGelu: quantised GELUs become tables."""

from __future__ import annotations

from typing import Any

from onnx import NodeProto
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.domain import make_kernel_node
from brainsmith_kernels.lut_activation.infer import InferLutActivation


class InferGelu(InferLutActivation):
    """Replace each GELU between two quantisers with a table.

    Recognised are ONNX's, the kernel's functional model, and whatever is written out with Erf.
    """

    def names(self, node: NodeProto) -> bool:
        """Whether the node is a GELU, or the error function that one is written with."""
        return node.op_type in ("Gelu", "Erf")


def make_gelu(model: Any, source: str, output: str, name: str, approximate: str) -> NodeProto:
    """A node of the functional model between the two tensors, with its attributes recorded."""
    kernel = make_kernel_node(model, "Gelu", [source], output, name=name, approximate=approximate)
    getCustomOp(kernel).infer_node_datatype(model)
    return kernel
