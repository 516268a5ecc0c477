# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""GraphIndex: who makes and who reads each tensor of a model's graph, for finding patterns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import AttributeProto, GraphProto, NodeProto, TensorProto, helper, numpy_helper

Array = NDArray[Any]


class GraphIndex:
    """A snapshot: make a new one after changing the graph.

    Readers inside the bodies of If, Loop and Scan count as readers.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.outputs = {output.name for output in model.graph.output}
        self._producers: dict[str, NodeProto] = {}
        self._readers: dict[str, list[NodeProto]] = {}
        for node in model.graph.node:
            self._producers.update((output, node) for output in node.output if output)
            for tensor in _read_by(node):
                self._readers.setdefault(tensor, []).append(node)
        self._initializers = {tensor.name: tensor for tensor in model.graph.initializer}

    def producer(self, tensor: str, *op_types: str) -> NodeProto | None:
        """The standard ONNX node that makes the tensor, if it is of one of the given types."""
        node = self._producers.get(tensor)
        if node is None or node.domain not in ("", "ai.onnx") or node.op_type not in op_types:
            return None
        return node

    def maker(self, tensor: str) -> NodeProto | None:
        """The node of any domain that makes the tensor."""
        return self._producers.get(tensor)

    def readers(self, tensor: str) -> Sequence[NodeProto]:
        """The nodes that read the tensor, one for each time that they do."""
        return self._readers.get(tensor, ())

    def only_reader(self, tensor: str) -> NodeProto | None:
        """The node that reads the tensor, if nothing else does and it is no output of the graph."""
        readers = self.readers(tensor)
        return readers[0] if len(readers) == 1 and tensor not in self.outputs else None

    def constant(self, tensor: str) -> Array | None:
        """The tensor's value, if it is an initializer or a Constant node makes it."""
        if tensor in self._initializers:
            return np.asarray(numpy_helper.to_array(self._initializers[tensor]))
        node = self.producer(tensor, "Constant")
        value = attribute(node, "value") if node is not None else None
        return np.asarray(numpy_helper.to_array(value)) if isinstance(value, TensorProto) else None

    def scalar(self, tensor: str) -> float | None:
        """The tensor's value as a number, if it is a constant of one element."""
        value = self.constant(tensor)
        return float(value.reshape(())) if value is not None and value.size == 1 else None

    def shape(self, tensor: str) -> tuple[int, ...] | None:
        """The tensor's shape, if each of its dimensions is known."""
        shape = self.model.get_tensor_shape(tensor)
        return None if shape is None or any(size < 1 for size in shape) else tuple(map(int, shape))

    def is_float(self, tensor: str) -> bool:
        """Whether the tensor is stored as float32, the container of every QONNX datatype."""
        value = self._initializers.get(tensor)
        elem_type = value.data_type if value is not None else container(self.model, tensor)
        return bool(elem_type == TensorProto.FLOAT)

    def is_plain(self, tensor: str) -> bool:
        """Whether no annotation restricts the tensor's values to anything narrower than its container."""
        return str(self.model.get_tensor_datatype(tensor).name).startswith("FLOAT")

    def is_closed(self, nodes: Iterable[NodeProto], result: str) -> bool:
        """Whether nothing but these nodes reads what they make, the result excepted.

        Their tensors must be plain, too: a narrower annotation would round what it is put on.
        """
        inside = list(nodes)
        made = [output for node in inside for output in node.output if output and output != result]
        return all(
            tensor not in self.outputs
            and self.is_plain(tensor)
            and all(any(reader is node for node in inside) for reader in self.readers(tensor))
            for tensor in made
        )


def attribute(node: NodeProto, name: str, default: Any = None) -> Any:
    """The value of a node's attribute, or the default where it is not set."""
    for entry in node.attribute:
        if entry.name == name:
            return helper.get_attribute_value(entry)
    return default


def replace_nodes(model: Any, old: Sequence[NodeProto], new: Sequence[NodeProto]) -> None:
    """Put new nodes where the last of the old ones is, and take the old ones away.

    The graph stays in topological order if the new nodes are in it and read nothing that is made later
    than the last old node's inputs.
    """
    nodes = model.graph.node
    names = {output for node in old for output in node.output}
    places = [place for place, node in enumerate(nodes) if names.intersection(node.output)]
    for offset, node in enumerate(new):
        nodes.insert(places[-1] + 1 + offset, node)
    for place in reversed(places):
        del nodes[place]


def remove_unread(model: Any, nodes: Sequence[NodeProto]) -> None:
    """Take away those of the nodes that make nothing that is still read, and what only these read."""
    doubtful = {output for node in nodes for output in node.output}
    while doubtful:
        index = GraphIndex(model)
        doubtful = {name for name in doubtful if not index.readers(name) and name not in index.outputs}
        unread = [
            node
            for node in model.graph.node
            if doubtful.intersection(node.output) and doubtful.issuperset(filter(None, node.output))
        ]
        for node in unread:
            model.graph.node.remove(node)
        doubtful = {name for node in unread for name in node.input if name}


def new_tensor(model: Any, stem: str, shape: Sequence[int] | None, elem_type: int = TensorProto.FLOAT) -> str:
    """A name that no tensor has, made from the stem, with its shape and type entered."""
    taken = {*model.get_all_tensor_names(), *(tensor.name for tensor in model.graph.initializer)}
    taken.update(output for node in model.graph.node for output in node.output)
    name, count = stem, 0
    while name in taken:
        count += 1
        name = f"{stem}_{count}"
    if shape is not None:
        model.set_tensor_shape(name, list(shape), elem_type)
    return name


def new_constant(model: Any, stem: str, value: Array) -> str:
    """The name of a new initializer with that value."""
    name = new_tensor(model, stem, None)
    model.set_initializer(name, value)
    return name


def container(model: Any, tensor: str) -> int:
    """The ONNX element type that the tensor is stored in; FLOAT if the model does not say."""
    info = model.get_tensor_valueinfo(tensor)
    return int(info.type.tensor_type.elem_type) if info is not None else int(TensorProto.FLOAT)


def numpy_type(elem_type: int) -> np.dtype[Any]:
    """The NumPy type of an ONNX element type."""
    datatype: np.dtype[Any] = np.dtype(helper.tensor_dtype_to_np_dtype(elem_type))
    return datatype


def _read_by(node: NodeProto) -> Iterator[str]:
    yield from filter(None, node.input)
    for entry in node.attribute:
        if entry.type == AttributeProto.GRAPH:
            yield from _read_by_body(entry.g)
        elif entry.type == AttributeProto.GRAPHS:
            for body in entry.graphs:
                yield from _read_by_body(body)


def _read_by_body(body: GraphProto) -> Iterator[str]:
    for node in body.node:
        yield from _read_by(node)
    yield from (output.name for output in body.output)
