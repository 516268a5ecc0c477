# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The whole model: what FINN cut apart put together again, of nodes that Python can execute."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from brainsmith_finn_bridge.environment import finn_environment

DOMAIN = "finn.custom_op.fpgadataflow"
_SPECIALISED = (f"{DOMAIN}.hls", f"{DOMAIN}.rtl")
#: Where FINN's step_create_dataflow_partition leaves the model that it took the hardware part out of.
_PARENT = Path("intermediate_models", "dataflow_parent.onnx")
_PARTITION = "StreamingDataflowPartition"


def executable(model: ModelWrapper, output_dir: Path) -> ModelWrapper:
    """A copy of a model between FINN's steps that computes what the given model's build began with.

    Nodes of a back end become their kernel's own, which compute the same in Python. A dataflow part goes
    back to its place in the model that it was taken from, between the nodes that stay on the host.
    """
    with finn_environment(output_dir / "finn"):
        # finn-plus leaves this one out of its package, so that nobody who only loads a model has it.
        with suppress(ImportError):
            importlib.import_module(f"{DOMAIN}.reshape")
        abstract = _in_python(model)
        parent = output_dir / _PARENT
        if parent.is_file() and all(node.domain.startswith(DOMAIN) for node in abstract.graph.node):
            return _inlined(ModelWrapper(str(parent)), abstract) or abstract
        return abstract


def _in_python(model: ModelWrapper) -> ModelWrapper:
    abstract = copy.deepcopy(model)
    abstract.set_metadata_prop("exec_mode", "")
    for node in abstract.graph.node:
        if node.domain in _SPECIALISED:
            node.op_type = node.op_type.rpartition("_")[0]
            node.domain = DOMAIN
            _select_python(node)
    return abstract


def _select_python(node: NodeProto) -> None:
    for attribute in [each for each in node.attribute if each.name == "exec_mode"]:
        node.attribute.remove(attribute)
    operator = getCustomOp(node)
    if "python" in operator.get_nodeattr_types().get("exec_mode", (None, None, None, ()))[3]:
        operator.set_nodeattr("exec_mode", "python")


def _inlined(parent: ModelWrapper, part: ModelWrapper) -> ModelWrapper | None:
    """The parent with the part in the place of its partition; ``None`` if that is of another model."""
    partitions = [node for node in parent.graph.node if node.op_type == _PARTITION]
    if len(partitions) != 1:
        return None
    names = _names(parent, part, partitions[0])
    if names is None:
        return None
    _replace(parent.graph.node, partitions[0], _renamed_nodes(part, names))
    for field in ("initializer", "value_info"):
        for value in getattr(part.graph, field):
            getattr(parent.graph, field).append(_copied(value, name=names.get(value.name, "")))
    known = {annotation.tensor_name for annotation in parent.graph.quantization_annotation}
    for annotation in part.graph.quantization_annotation:
        renamed = names.get(annotation.tensor_name, "")
        if renamed and renamed not in known:
            parent.graph.quantization_annotation.append(_copied(annotation, tensor_name=renamed))
    return parent


def _names(parent: ModelWrapper, part: ModelWrapper, partition: NodeProto) -> dict[str, str] | None:
    """What each tensor of the part is called in the parent; ``None`` if their borders differ."""
    initialised = {tensor.name for tensor in part.graph.initializer}
    inputs = [value.name for value in part.graph.input if value.name not in initialised]
    outputs = [value.name for value in part.graph.output]
    border = [*inputs, *outputs]
    outside = [*partition.input, *partition.output]
    if (len(inputs), len(outputs)) != (len(partition.input), len(partition.output)):
        return None
    shapes = zip(border, outside, strict=True)
    if any(part.get_tensor_shape(ours) != parent.get_tensor_shape(theirs) for ours, theirs in shapes):
        return None
    names = {name: f"{partition.name or _PARTITION}/{name}" for name in part.get_all_tensor_names()}
    return names | dict(zip(border, outside, strict=True))


def _renamed_nodes(part: ModelWrapper, names: dict[str, str]) -> Iterator[NodeProto]:
    for node in part.graph.node:
        renamed = _copied(node)
        for tensors in (renamed.input, renamed.output):
            tensors[:] = [names.get(name, name) for name in tensors]
        yield renamed


def _replace(nodes: Any, old: NodeProto, new: Iterator[NodeProto]) -> None:
    kept = [_copied(node) for node in nodes]
    place = next(index for index, node in enumerate(nodes) if node is old or node == old)
    ordered = [*kept[:place], *new, *kept[place + 1 :]]
    del nodes[:]
    nodes.extend(ordered)


def _copied(message: Any, **fields: str) -> Any:
    copied = type(message)()
    copied.CopyFrom(message)
    for name, value in fields.items():
        setattr(copied, name, value or getattr(copied, name))
    return copied
