# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Models: QONNX's ``ModelWrapper`` read, written, described and run."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, ValueInfoProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.fold_constants import FoldConstants
from qonnx.transformation.general import GiveUniqueNodeNames
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

from brainsmith_core.errors import BuildError, ModelError
from brainsmith_core.frameworks import ModelAccess, NodeDescription, TensorDescription
from brainsmith_core.loading import describe
from brainsmith_qonnx_bridge import model_file
from brainsmith_qonnx_bridge.random_tensor import draw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from brainsmith_core.frameworks import Arrays

#: What ONNX calls an element type, where QONNX's datatype has another name.
_DATATYPES = {"FLOAT": "FLOAT32", "DOUBLE": "FLOAT64"}


class QONNXModels(ModelAccess):
    """Access to models as QONNX's transforms take them: ``ModelWrapper`` objects."""

    suffixes = (".onnx",)

    def load(self, path: Path) -> ModelWrapper:
        """Read an ONNX file, its external data included.

        Raises ``ModelError``, see ``model_file.read``, or if QONNX refuses the model.
        """
        proto = model_file.read(path)
        try:
            return ModelWrapper(proto)
        except Exception as error:
            raise ModelError(
                f"is an ONNX model that QONNX refuses: {describe(error)}",
                place=model_file.shown(path),
                remedy="check it with onnx.checker.check_model",
            ) from error

    def save(self, model: ModelWrapper, path: Path) -> None:
        """Write a model as one ONNX file; raises ``OutputError``."""
        model_file.write(model.model, path)

    def is_model(self, value: object) -> bool:
        """Whether a value is a ``ModelWrapper``."""
        return isinstance(value, ModelWrapper)

    def prepare(self, model: ModelWrapper) -> ModelWrapper:
        """A copy that QONNX's executor takes: shapes, datatypes and node names set, open dimensions 1.

        Raises ``BuildError`` if a shape cannot be inferred.
        """
        prepared = copy.deepcopy(model)
        _close_dimensions(prepared)
        try:
            prepared = prepared.transform(InferShapes())
            if _unshaped(prepared):
                # Shapes that are computed by nodes of their own (Shape, Gather, Concat) need those folded.
                prepared = prepared.transform(FoldConstants()).transform(InferShapes())
            prepared = prepared.transform(GiveUniqueNodeNames()).transform(InferDataTypes())
        except Exception as error:
            raise BuildError(
                f"shapes and datatypes of the model cannot be inferred: {describe(error)}",
                remedy="is the pack that has its operators installed?",
            ) from error
        unshaped = _unshaped(prepared)
        if unshaped:
            raise BuildError(
                f"the shape of tensor {unshaped[0]!r} cannot be inferred",
                remedy="give the model's inputs fixed shapes, or fold its constants first",
            )
        return prepared

    def inputs(self, model: ModelWrapper) -> Sequence[TensorDescription]:
        """The graph's inputs in order, without those that have an initializer."""
        return [_description(model, value) for value in _inputs(model)]

    def outputs(self, model: ModelWrapper) -> Sequence[TensorDescription]:
        """The graph's outputs in order."""
        return [_description(model, value) for value in model.graph.output]

    def random_inputs(self, model: ModelWrapper, seed: int) -> Arrays:
        """An array for each input, drawn from its datatype; a dimension left open is 1."""
        generator = np.random.default_rng(seed)
        arrays = {}
        for value in _inputs(model):
            described = _description(model, value)
            shape = tuple(1 if size is None else size for size in described.shape)
            arrays[value.name] = draw(generator, described.datatype, shape, _container(value))
        return arrays

    def execute(self, model: ModelWrapper, inputs: Arrays) -> Arrays:
        """The outputs of a prepared model by name, computed node by node by QONNX's executor.

        Raises ``ModelError`` for an input that is missing, unknown or of another shape, ``BuildError`` for
        a node that cannot be executed, by its name.
        """
        self._check_inputs(model, inputs)
        values = {
            value.name: np.asarray(inputs[value.name], dtype=_container(value)) for value in _inputs(model)
        }
        try:
            outputs: Arrays = execute_onnx(model, values)
        except Exception as error:
            raise BuildError(
                f"{_failed_node(error)} cannot be executed: {describe(error)}",
                remedy="is the pack that has its operator installed, and its input what it expects?",
            ) from error
        return {value.name: outputs[value.name] for value in model.graph.output}

    def op_counts(self, model: ModelWrapper) -> Mapping[str, int]:
        """How many nodes of each op type the graph has, by op type in alphabetical order.

        A pack's own operator may be called like a standard one, so its domain stands with it.
        """
        return dict(sorted(Counter(map(_counted_as, model.graph.node)).items()))

    def nodes(self, model: ModelWrapper) -> Sequence[NodeDescription]:
        """The graph's nodes in order."""
        return [NodeDescription(node.name, node.op_type, node.domain) for node in model.graph.node]

    def _check_inputs(self, model: ModelWrapper, inputs: Arrays) -> None:
        expected = {described.name: described.shape for described in self.inputs(model)}
        remedy = "the model's inputs are " + ", ".join(
            f"{name} {list(shape)}" for name, shape in expected.items()
        )
        for name in inputs:
            if name not in expected:
                raise ModelError(f"the model has no input {name!r}", remedy=remedy)
        for name, shape in expected.items():
            if name not in inputs:
                raise ModelError(f"no value is given for input {name!r}", remedy=remedy)
            given = np.shape(inputs[name])
            if given != shape:
                raise ModelError(f"input {name!r} has shape {list(given)}, not {list(shape)}", remedy=remedy)


def _inputs(model: ModelWrapper) -> list[ValueInfoProto]:
    initialised = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in initialised]


def _description(model: ModelWrapper, value: ValueInfoProto) -> TensorDescription:
    shape = [size.dim_value or None for size in value.type.tensor_type.shape.dim]
    datatype = str(model.get_tensor_datatype(value.name).name)
    element = TensorProto.DataType.Name(value.type.tensor_type.elem_type)
    if datatype == "FLOAT32":
        # What QONNX answers, too, for an integer tensor that has no annotation.
        datatype = _DATATYPES.get(element, element)
    return TensorDescription(value.name, shape, datatype)


def _container(value: ValueInfoProto) -> np.dtype[Any]:
    container: np.dtype[Any] = np.dtype(helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type))
    return container


def _close_dimensions(model: ModelWrapper) -> None:
    """Set open dimensions of the inputs to 1, and forget the shapes that were derived from them."""
    graph = model.graph
    opened = [value for value in _inputs(model) if _is_open(value)]
    for value in opened:
        for size in value.type.tensor_type.shape.dim:
            if not size.dim_value:
                size.dim_value = 1
    if opened or any(map(_is_open, (*graph.output, *graph.value_info))):
        del graph.value_info[:]
        for value in filter(_is_open, graph.output):
            value.type.tensor_type.ClearField("shape")
        # QONNX wants the shape of every initializer, which it keeps among the ones just forgotten.
        model.check_all_tensor_shapes_specified(fix_missing_init_shape=True)


def _is_open(value: ValueInfoProto) -> bool:
    tensor = value.type.tensor_type
    return not tensor.HasField("shape") or any(not size.dim_value for size in tensor.shape.dim)


def _unshaped(model: ModelWrapper) -> list[str]:
    graph = model.graph
    known = {value.name for value in (*graph.input, *graph.output, *graph.value_info) if not _is_open(value)}
    known |= {tensor.name for tensor in graph.initializer} | {""}
    names = [name for node in graph.node for name in (*node.input, *node.output)]
    return [name for name in names if name not in known]


def _failed_node(error: Exception) -> str:
    """The node at which QONNX's executor stopped, from the frame that runs the nodes one by one."""
    trace = error.__traceback__
    while trace is not None:
        node = trace.tb_frame.f_locals.get("node")
        if trace.tb_frame.f_code is execute_onnx.__code__ and node is not None:
            domain = f" of {node.domain}" if node.domain else ""
            return f"node {node.name!r} ({node.op_type}{domain})"
        trace = trace.tb_next
    return "the model"


def _counted_as(node: NodeProto) -> str:
    ours = node.domain in ("", "ai.onnx", "onnx.brevitas") or node.domain.startswith("qonnx.")
    return str(node.op_type) if ours else f"{node.op_type} ({node.domain})"
