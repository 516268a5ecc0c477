# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation: a part of a graph, executed on values of one of its tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.quantisation.unsuited import Unsuited

Array = NDArray[np.float32]


def evaluate(model: Any, nodes: Sequence[NodeProto], source: str, values: Array) -> Array:
    """The last node's output for the given values of the tensor ``source``, as QONNX executes the nodes.

    The nodes are in the graph's order, elementwise, and read nothing else but constants, of which leading
    dimensions of 1 are dropped so that they broadcast against values of any rank. Raises ``Unsuited`` for
    another operand.
    """
    index, sink = GraphIndex(model), nodes[-1].output[0]
    made = {output for node in nodes for output in node.output}
    needed = {name for node in nodes for name in node.input} - made - {source, ""}
    constants = [numpy_helper.from_array(_constant(index, name), name) for name in sorted(needed)]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, list(values.shape)) for name in (source, sink)
    ]
    graph = helper.make_graph(nodes, "part", ends[:1], ends[1:], constants)
    imports, version = list(model.model.opset_import), model.model.ir_version
    part = ModelWrapper(helper.make_model(graph, opset_imports=imports, ir_version=version))
    result: Array = execute_onnx(part.transform(InferShapes()), {source: values})[sink]
    return result


def _constant(index: GraphIndex, name: str) -> NDArray[Any]:
    value = index.constant(name)
    if value is None:
        raise Unsuited(f"{name!r} is no constant")
    while value.ndim and value.shape[0] == 1:
        value = value[0]
    return np.asarray(value)
