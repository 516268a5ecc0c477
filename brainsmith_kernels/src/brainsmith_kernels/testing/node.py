# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A model of one node of a kernel: made from parameters, executed by qonnx, at this folding and others."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

from brainsmith_core.errors import HardwareError
from brainsmith_core.testing.back_end import run_elsewhere
from brainsmith_kernels.hardware.stream import Array

#: Run in a fresh interpreter: resolves the node of a saved model and computes some rows.
_EXECUTE = """
import pickle, sys
path, file, rows = pickle.load(sys.stdin.buffer)
sys.path[:] = path
from brainsmith_kernels.testing.node import execute, read
model, op = read(file)
print(pickle.dumps((op.parameters(), execute(model, pickle.loads(rows)))).hex())
"""


def resolved(op_type: str, domain: str, attributes: Mapping[str, Any]) -> Any:
    """The custom op of a node with these attributes, as qonnx resolves it."""
    return getCustomOp(helper.make_node(op_type, ["x"], ["y"], domain=domain, **attributes))


def one_node_model(op_type: str, domain: str, attributes: Mapping[str, Any], rows: int) -> Any:
    """A model of one node between tensors of so many rows, its shapes and datatypes inferred."""
    (source,) = resolved(op_type, domain, attributes).input_tensors()
    shape = [rows, source.shape[-1]]
    node = helper.make_node(op_type, ["x"], ["y"], name="node", domain=domain, **attributes)
    tensors = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
    graph = helper.make_graph(
        [node], "one_node", tensors, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(domain, 1)]
    model = ModelWrapper(helper.make_model(graph, opset_imports=opsets, ir_version=8))
    model.set_tensor_datatype("x", DataType[source.datatype])
    return model.transform(InferShapes()).transform(InferDataTypes())


def read(file: Path | str) -> tuple[Any, Any]:
    """A saved model and the custom op of its node."""
    model = ModelWrapper(str(file))
    return model, getCustomOp(model.graph.node[0])


def execute(model: Any, rows: Array) -> Array:
    """What the model computes of integer rows, as int64."""
    result: Array = execute_onnx(model, {"x": rows.astype(np.float32)})["y"]
    return result.astype(np.int64)


def execute_elsewhere(file: Path, rows: Array) -> tuple[Any, Array]:
    """The parameters of a saved model's node and what it computes, both in a spawned process."""
    printed = run_elsewhere(_EXECUTE, str(file), pickle.dumps(rows))
    found: tuple[Any, Array] = pickle.loads(bytes.fromhex(printed.split()[-1]))
    return found


def foldings(kernel: Any, op_type: str, domain: str, parameters: Any) -> Iterator[tuple[str, Any]]:
    """Each legal folding as ``SIMD=4``, with the custom op that has it; narrow ones first.

    Legal is what divides the dimension and for which the kernel has hardware.
    """
    attributes = kernel.node_attributes(parameters)
    for parallel, dimension in kernel.folding.items():
        length = attributes[dimension]
        for width in (width for width in range(1, length + 1) if length % width == 0):
            op = resolved(op_type, domain, {**attributes, parallel: width})
            try:
                op.parameters()
            except HardwareError:
                continue
            yield f"{parallel}={width}", op
