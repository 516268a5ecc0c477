# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The dataflow of a model: which nodes work on its inputs, and which come before and after others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

#: Their outputs depend on a tensor's shape alone, so what follows them may be worked out beforehand.
_SHAPES = {"Shape", "Size"}


class Dataflow:
    """A graph's nodes by number, with the edges between them along which values of the inputs flow."""

    def __init__(self, model: Any) -> None:
        graph = model.graph
        self.nodes = list(graph.node)
        self.initializers = {tensor.name: tensor for tensor in graph.initializer}
        for node in self.nodes:
            if node.op_type == "Constant":
                self.initializers |= {
                    name: attribute.t
                    for name in node.output
                    for attribute in node.attribute
                    if attribute.name == "value"
                }
        self.annotated = {
            annotation.tensor_name: pair.value
            for annotation in graph.quantization_annotation
            for pair in annotation.quant_parameter_tensor_names
            if pair.key == "finn_datatype"
        }
        self.inputs = {value.name for value in graph.input} - set(self.initializers)
        self._producers = {name: index for index, node in enumerate(self.nodes) for name in node.output}
        self.predecessors = [
            {self._producers[name] for name in node.input if name in self._producers} for node in self.nodes
        ]
        self.dynamic = self._dynamic()

    def _dynamic(self) -> set[int]:
        """The nodes whose output depends on a value of an input; those with a subgraph count, too."""
        fed = {
            index
            for index, node in enumerate(self.nodes)
            if self.inputs & set(node.input) or any(attribute.HasField("g") for attribute in node.attribute)
        }
        return self.reached_from({i for i in fed if self.nodes[i].op_type not in _SHAPES}, _SHAPES)

    def is_float(self, tensor: str, keeping: Collection[str]) -> bool:
        """Whether a tensor is floating-point for certain: inputs are, and every operator up to it keeps that.

        ``keeping`` are the operators whose output is floating-point where their inputs are.
        """
        waiting, seen = [tensor], {tensor}
        while waiting:
            name = waiting.pop()
            index = self._producers.get(name)
            if self.annotated.get(name, "FLOAT32") != "FLOAT32":
                return False
            if index is None or self.nodes[index].op_type == "Constant":
                continue
            if index not in self.dynamic or self.nodes[index].op_type not in keeping:
                # A constant that is worked out may come from a quantiser.
                return False
            waiting += [each for each in self.nodes[index].input if each not in seen]
            seen |= set(self.nodes[index].input)
        return True

    def reached_from(self, sources: Collection[int], barred: Collection[str] = ()) -> set[int]:
        """The sources and every node after one of them, but for what lies behind a barred operator."""
        followers: dict[int, list[int]] = {}
        for index, before in enumerate(self.predecessors):
            for each in before:
                followers.setdefault(each, []).append(index)
        reached, waiting = set(sources), list(sources)
        while waiting:
            for after in followers.get(waiting.pop(), ()):
                if after not in reached and self.nodes[after].op_type not in barred:
                    reached.add(after)
                    waiting.append(after)
        return reached

    def leading_to(self, targets: Collection[int]) -> set[int]:
        """Every node that works on the inputs and comes before one of the targets."""
        reached, waiting = set(targets), list(targets)
        while waiting:
            for before in self.predecessors[waiting.pop()] & self.dynamic:
                if before not in reached:
                    reached.add(before)
                    waiting.append(before)
        return reached

    def name(self, index: int) -> str:
        """How messages name a node: by its own name, or by what it gives."""
        node = self.nodes[index]
        return str(node.name or f"{node.op_type} of {', '.join(node.output)}")
