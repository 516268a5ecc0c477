# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from onnx import helper
from qonnx.transformation.base import Transformation


class InferLeaky(Transformation):
    """LeakyRelu with a power of two as its slope, and Floor after it, on integers become the kernel."""

    def apply(self, model):
        for index, node in enumerate(model.graph.node):
            floor = model.find_consumer(node.output[0]) if node.op_type == "LeakyRelu" else None
            if floor is None or floor.op_type != "Floor":
                continue
            (slope,) = (attribute.f for attribute in node.attribute)
            kernel = helper.make_node(
                "LeakyRelu2",
                node.input,
                floor.output,
                name=node.name,
                domain="leaky_pack.ops",
                shift=round(1 / slope).bit_length() - 1,
            )
            model.graph.node.insert(index, kernel)
            for replaced in (node, floor):
                model.graph.node.remove(replaced)
            if all(entry.domain != kernel.domain for entry in model.model.opset_import):
                model.model.opset_import.append(helper.make_opsetid(kernel.domain, 1))
            return model, True
        return model, False
