# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from onnx import helper
from qonnx.transformation.base import Transformation


class InferLeaky(Transformation):
    """LeakyRelu whose slope is a power of two, on integers, becomes the kernel."""

    def apply(self, model):
        for index, node in enumerate(model.graph.node):
            if node.op_type != "LeakyRelu":
                continue
            (slope,) = (attribute.f for attribute in node.attribute)
            kernel = helper.make_node(
                "LeakyRelu2",
                node.input,
                node.output,
                name=node.name,
                domain="leaky_pack.ops",
                shift=round(1 / slope).bit_length() - 1,
            )
            model.graph.node.remove(node)
            model.graph.node.insert(index, kernel)
            if all(entry.domain != kernel.domain for entry in model.model.opset_import):
                model.model.opset_import.append(helper.make_opsetid(kernel.domain, 1))
            return model, True
        return model, False
