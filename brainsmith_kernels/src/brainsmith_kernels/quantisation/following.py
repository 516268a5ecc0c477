# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Following: the quantiser that follows an operator, or what leads to one."""

from __future__ import annotations

from dataclasses import dataclass

from onnx import NodeProto

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.quantisation.quantiser import Quantiser, is_quantiser, read_quantiser
from brainsmith_kernels.quantisation.unsuited import Unsuited


@dataclass(frozen=True)
class Following:
    """A quantiser that alone reads a tensor, itself or its quotient by a number.

    The tensor is rounded to multiples of ``step``; what comes out are integers times ``scale``.
    """

    quantiser: Quantiser
    nodes: tuple[NodeProto, ...]
    step: float
    scale: float

    @property
    def rounds_plainly(self) -> bool:
        """Whether it rounds to the nearest integer, halves to even, without a zero point."""
        return self.quantiser.rounds_to_even and not self.quantiser.zero_point.any()


def quantiser_after(index: GraphIndex, tensor: str) -> Following:
    """The quantiser that alone reads the tensor; raises ``Unsuited`` if there is none with one scale."""
    reader = _only_reader(index, tensor)
    if is_quantiser(reader):
        found = read_quantiser(index, reader)
        scale, _ = found.scalar()
        return Following(found, (reader,), scale, scale)
    divisor = index.scalar(reader.input[1]) if is_standard(reader, "Div") else None
    behind = index.only_reader(reader.output[0])
    if divisor is None or divisor <= 0 or behind is None or not is_quantiser(behind):
        raise Unsuited(f"its result {tensor!r} is read by {reader.op_type} and not by a quantiser")
    found = read_quantiser(index, behind)
    scale, _ = found.scalar()
    return Following(found, (reader, behind), divisor * scale, scale)


def check_leads_to_quantiser(index: GraphIndex, tensor: str) -> None:
    """Raise ``Unsuited`` unless nothing but constants is applied to the tensor until it is quantised."""
    while True:
        reader = _only_reader(index, tensor)
        if is_quantiser(reader):
            read_quantiser(index, reader)
            return
        if not is_standard(reader, "Mul", "Add", "Sub", "Div"):
            raise Unsuited(f"its result {tensor!r} is read by {reader.op_type} and not by a quantiser")
        others = [name for name in reader.input if name != tensor]
        if len(others) != 1 or index.constant(others[0]) is None:
            raise Unsuited(f"its result {tensor!r} meets another activation before it is quantised")
        tensor = reader.output[0]


def _only_reader(index: GraphIndex, tensor: str) -> NodeProto:
    reader = index.only_reader(tensor)
    if reader is None:
        count = len(index.readers(tensor)) + (tensor in index.outputs)
        raise Unsuited(f"its result {tensor!r} has {count} readers instead of one quantiser")
    return reader
