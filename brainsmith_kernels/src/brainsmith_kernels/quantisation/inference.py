# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""KernelInference: what the transforms that make integer kernels have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from onnx import NodeProto, helper
from qonnx.core.datatype import DataType
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.base import Transformation

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.domain import make_kernel_node
from brainsmith_kernels.graph import GraphIndex, new_constant, new_tensor, remove_unread, replace_nodes
from brainsmith_kernels.quantisation.unsuited import Unsuited


class Candidate(Protocol):
    """What may become a kernel's node; ``name`` is that by which a report calls it."""

    @property
    def name(self) -> str:
        """The name of the node, or of its result."""


class KernelInference(Transformation):
    """Replaces candidates one by one with nodes of an integer kernel.

    ``left`` then holds the name of each one that stays as it is, and the reason.
    """

    def __init__(self) -> None:
        super().__init__()
        self.left: dict[str, str] = {}

    @abstractmethod
    def candidates(self, index: GraphIndex) -> Iterable[Any]:
        """What may become a node of the kernel, each a :class:`Candidate`."""

    @abstractmethod
    def infer(self, index: GraphIndex, candidate: Any) -> None:
        """Change the graph, or raise ``Unsuited`` before any change."""

    def apply(self, model: Any) -> tuple[Any, bool]:
        """Return the model, and whether a node was replaced."""
        self.left = {}
        index = GraphIndex(model)
        for candidate in self.candidates(index):
            try:
                self.infer(index, candidate)
            except Unsuited as reason:
                self.left[candidate.name] = str(reason)
            else:
                # What only the replaced nodes read, and scales that nothing needs any more.
                remove_unread(model, model.graph.node)
                return model, True
        return model, False


def rows_of(index: GraphIndex, tensor: str) -> tuple[int, ...]:
    """The shape of a tensor of rows; raises ``Unsuited`` if it is not known, or has a single dimension."""
    shape = index.shape(tensor)
    if shape is None:
        raise Unsuited("its shape is not known: give the model a fixed batch size")
    if len(shape) < 2:
        raise Unsuited("its input has a single dimension, where rows need two")
    return shape


def make_kernel(model: Any, op_type: str, source: str, output: str, name: str, **words: Any) -> NodeProto:
    """A node of an integer kernel, its attributes recorded and its output annotated.

    Raises ``Unsuited`` for parameters for which there is no hardware.
    """
    kernel = make_kernel_node(model, op_type, [source], output, name=name, **words)
    getCustomOp(kernel).infer_node_datatype(model)
    return kernel


def check_parameters(parameters: Callable[[], Any]) -> None:
    """Raise ``Unsuited`` with the reason if a kernel's parameters are out of range."""
    try:
        parameters()
    except HardwareError as error:
        raise Unsuited(error.fact) from error


def replace_with_integers(
    model: Any, old: Sequence[NodeProto], make: Callable[[str], NodeProto], output: str, scale: Any
) -> None:
    """Put a kernel's node, and the product with its scale, where the old nodes are.

    ``make`` returns the node, given the tensor of integers that it is to make; ``output`` is the tensor that
    the old nodes made, ``scale`` a number or an array that broadcasts against it.
    """
    if np.all(scale == 1):
        replace_nodes(model, old, [make(output)])
        return
    integers = new_tensor(model, f"{output}_integers", model.get_tensor_shape(output))
    factor = new_constant(model, f"{output}_scale", np.asarray(scale, dtype=np.float32))
    kernel = make(integers)
    name = f"{kernel.name}_Mul" if kernel.name else ""
    scaling = helper.make_node("Mul", [integers, factor], [output], name=name)
    replace_nodes(model, old, [kernel, scaling])
    model.set_tensor_datatype(output, DataType["FLOAT32"])
