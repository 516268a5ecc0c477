# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The ONNX domain of the kernels' nodes."""

from __future__ import annotations

from typing import Any

from onnx import NodeProto, helper

#: The module that qonnx imports to resolve a node; see there for the reason of its name.
DOMAIN = "finn_brainsmith"
VERSION = 1


def make_kernel_node(
    model: Any,
    op_type: str,
    inputs: list[str],
    output: str,
    *,
    name: str = "",
    domain: str = DOMAIN,
    **attributes: Any,
) -> NodeProto:
    """A kernel's node, not yet part of the graph; the model is made to import the domain."""
    imports = model.model.opset_import
    if all(entry.domain != domain for entry in imports):
        # Appended, since qonnx takes the first entry for that of the standard operators.
        imports.append(helper.make_opsetid(domain, VERSION))
    return helper.make_node(op_type, inputs, [output], name=name, domain=domain, **attributes)


def onnx_opset(model: Any) -> int:
    """The version of the standard operators that the model imports; 1 if it imports none."""
    versions = (entry.version for entry in model.model.opset_import if entry.domain in ("", "ai.onnx"))
    return int(next(versions, 1))


def is_standard(node: NodeProto, *op_types: str) -> bool:
    """Whether the node is a standard ONNX operator of one of the given types."""
    return node.domain in ("", "ai.onnx") and node.op_type in op_types
