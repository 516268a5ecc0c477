# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""ScaledIntegers: a tensor as integers times a scale, and the tensor of these integers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto
from qonnx.core.datatype import DataType
from qonnx.custom_op.general.quant import quant

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import GraphIndex, attribute, new_constant, new_tensor
from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.quantisation.quantiser import Quantiser, is_quantiser, read_quantiser
from brainsmith_kernels.quantisation.split import append_scale, split_quantiser
from brainsmith_kernels.quantisation.unsuited import Unsuited

Array = NDArray[Any]

#: Operators that move elements about and change none.
_MOVING = ("Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Identity")


@dataclass(frozen=True)
class ScaledIntegers:
    """A tensor that equals ``(integers - zero_point) · scale``, element by element, in float32.

    The integers lie between ``minimum`` and ``maximum`` and are of ``type``. ``scale`` is one number, or for
    constants one that broadcasts. ``extract(model)`` names the tensor of the integers, which it makes where
    there is none yet; it changes the graph, after which a reading is stale. ``value`` holds a constant's
    integers.
    """

    scale: Array
    zero_point: int
    type: IntegerType
    minimum: int
    maximum: int
    extract: Callable[[Any], str]
    value: Array | None = None

    @property
    def factor(self) -> float:
        """The scale of the whole tensor; raises ``Unsuited`` if there is one for each channel."""
        if self.scale.size != 1:
            raise Unsuited("its input has a scale for each channel")
        return float(self.scale.reshape(()))


def read_integers(index: GraphIndex, tensor: str) -> ScaledIntegers:
    """The integers behind a tensor, without changing the graph.

    They are found behind a quantiser, a product of integers with a number, an annotation as integer, and
    behind these through operators that move elements and sums of equal scales. Raises ``Unsuited``.
    """
    if index.constant(tensor) is not None:
        return _of_constant(index, tensor)
    node = index.maker(tensor)
    if is_quantiser(node):
        return _of_quantiser(index, read_quantiser(index, node))
    if (plain := _annotated(index, tensor)) is not None:
        return _plain(tensor, plain)
    if node is not None and is_standard(node, "Mul"):
        return _of_product(index, node)
    if node is not None and is_standard(node, *_MOVING):
        return _of_moved(index, node)
    if node is not None and is_standard(node, "Add"):
        return _of_sum(index, node)
    if node is not None and node.op_type == "BipolarQuant":
        raise Unsuited(f"its input {tensor!r} is bipolar")
    raise Unsuited(f"its input {tensor!r} is not quantised")


def extract_integers(model: Any, tensor: str) -> str:
    """The tensor of the integers behind one that :func:`read_integers` could read; may change the graph."""
    return read_integers(GraphIndex(model), tensor).extract(model)


@dataclass(frozen=True)
class _Named:
    """The integers have a tensor already."""

    tensor: str

    def __call__(self, model: Any) -> str:
        return self.tensor


def _annotated(index: GraphIndex, tensor: str) -> IntegerType | None:
    try:
        return IntegerType.parse(str(index.model.get_tensor_datatype(tensor).name))
    except HardwareError:
        return None


def _plain(tensor: str, kind: IntegerType) -> ScaledIntegers:
    return ScaledIntegers(_one(), 0, kind, kind.minimum, kind.maximum, _Named(tensor))


def _of_constant(index: GraphIndex, tensor: str) -> ScaledIntegers:
    value, kind = index.constant(tensor), _annotated(index, tensor)
    if value is None or kind is None:
        raise Unsuited(f"the constant {tensor!r} is not quantised")
    return ScaledIntegers(
        _one(), 0, kind, kind.minimum, kind.maximum, _Named(tensor), value.astype(np.float32)
    )


def _of_quantiser(index: GraphIndex, found: Quantiser) -> ScaledIntegers:
    constant = index.constant(found.source)
    if constant is not None:
        return _of_quantised_constant(found, constant)
    _, zero_point = found.scalar()
    return ScaledIntegers(
        found.scale.reshape(()),
        zero_point,
        found.type,
        found.minimum,
        found.maximum,
        lambda model: split_quantiser(model, found),
    )


def _of_quantised_constant(found: Quantiser, constant: Array) -> ScaledIntegers:
    if found.zero_point.any():
        raise Unsuited(f"the quantiser {found.node.name!r} of a constant has a zero point")
    words = (np.float32(0), np.float32(found.type.bits), found.type.signed, found.narrow)
    quantised = quant(constant, found.scale, *words, found.rounding_mode)
    integers = np.rint(np.asarray(quantised) / found.scale).astype(np.float32)
    return _constant(f"{found.output}_integers", integers, found.scale, found.type)


def _constant(stem: str, integers: Array, scale: Array, kind: IntegerType) -> ScaledIntegers:
    def extract(model: Any) -> str:
        name = new_constant(model, stem, integers)
        model.set_tensor_datatype(name, DataType[str(kind)])
        return name

    return ScaledIntegers(scale, 0, kind, int(integers.min()), int(integers.max()), extract, integers)


def _of_product(index: GraphIndex, node: NodeProto) -> ScaledIntegers:
    for inner, other in (node.input, reversed(node.input)):
        scale = index.constant(other)
        if scale is None or index.constant(inner) is not None:
            continue
        if scale.size != 1 or not (np.isfinite(scale).all() and (scale > 0).all()):
            raise Unsuited(f"its input {node.output[0]!r} has no single positive scale")
        source, zero_point = inner, 0
        centred = index.producer(inner, "Sub")
        if centred is not None and _annotated(index, centred.input[0]) is not None:
            shift = index.scalar(centred.input[1])
            if shift is not None and shift == int(shift):
                source, zero_point = str(centred.input[0]), int(shift)
        kind = _annotated(index, source)
        if kind is None:
            break
        found, factor = _bounded(index, source, kind), scale.astype(np.float32).reshape(())
        return ScaledIntegers(factor, zero_point, kind, *found, _Named(source))
    raise Unsuited(f"its input {node.output[0]!r} is not quantised")


def _bounded(index: GraphIndex, tensor: str, kind: IntegerType) -> tuple[int, int]:
    node = index.maker(tensor)
    if is_quantiser(node):
        found = read_quantiser(index, node)
        return found.minimum, found.maximum
    return kind.minimum, kind.maximum


def _of_moved(index: GraphIndex, node: NodeProto) -> ScaledIntegers:
    inner = read_integers(index, node.input[0])
    if inner.value is not None:
        return _of_moved_constant(node, inner)
    inner.factor  # noqa: B018  Raises Unsuited.

    def extract(model: Any) -> str:
        integers = extract_integers(model, node.input[0])
        output = str(node.output[0])
        if integers == node.input[0]:
            model.set_tensor_datatype(output, DataType[str(inner.type)])
            return output
        name = new_tensor(model, f"{output}_integers", model.get_tensor_shape(output))
        model.set_tensor_datatype(name, DataType[str(inner.type)])
        node.input[0], node.output[0] = integers, name
        append_scale(model, node, name, output, inner.scale, inner.zero_point)
        return name

    return ScaledIntegers(inner.scale, inner.zero_point, inner.type, inner.minimum, inner.maximum, extract)


def _of_moved_constant(node: NodeProto, inner: ScaledIntegers) -> ScaledIntegers:
    if not is_standard(node, "Transpose") or inner.value is None:
        raise Unsuited(f"the constant {node.output[0]!r} is not quantised")
    rank = inner.value.ndim
    order = attribute(node, "perm") or list(reversed(range(rank)))
    scale = inner.scale
    if scale.size != 1:
        scale = scale.reshape((1,) * (rank - scale.ndim) + scale.shape).transpose(order)
    stem = f"{node.output[0]}_integers"
    return _constant(stem, np.ascontiguousarray(inner.value.transpose(order)), scale, inner.type)


def _of_sum(index: GraphIndex, node: NodeProto) -> ScaledIntegers:
    left, right = _operands(index, node)
    if left.factor != right.factor or left.zero_point or right.zero_point:
        raise Unsuited(f"its input {node.output[0]!r} is a sum of different scales")
    minimum, maximum = left.minimum + right.minimum, left.maximum + right.maximum
    kind = IntegerType.holding(minimum, maximum)

    def extract(model: Any) -> str:
        output = str(node.output[0])
        integers = [
            reading.extract(model) if reading.value is not None else extract_integers(model, operand)
            for operand, reading in zip(list(node.input), (left, right), strict=True)
        ]
        name = new_tensor(model, f"{output}_integers", model.get_tensor_shape(output))
        model.set_tensor_datatype(name, DataType[str(kind)])
        node.input[0], node.input[1] = integers
        node.output[0] = name
        append_scale(model, node, name, output, left.scale, 0)
        return name

    return ScaledIntegers(left.scale, 0, kind, minimum, maximum, extract)


def _operands(index: GraphIndex, node: NodeProto) -> tuple[ScaledIntegers, ScaledIntegers]:
    """Both operands of a sum; a constant takes the scale of the other one, if it is a multiple of it."""
    left, right = node.input
    if index.constant(left) is not None:
        second = read_integers(index, right)
        return _multiple(index, left, second), second
    first = read_integers(index, left)
    return first, read_integers(index, right) if index.constant(right) is None else _multiple(
        index, right, first
    )


def _multiple(index: GraphIndex, tensor: str, other: ScaledIntegers) -> ScaledIntegers:
    value = np.asarray(index.constant(tensor), dtype=np.float32)
    integers = np.rint(value / other.scale).astype(np.float32)
    if (integers * other.scale != value).any():
        raise Unsuited(f"the constant {tensor!r} is no multiple of what it is added to")
    kind = IntegerType.holding(int(integers.min()), int(integers.max()))
    return _constant(f"{tensor}_integers", integers, other.scale, kind)


def _one() -> Array:
    return np.asarray(1, dtype=np.float32)
