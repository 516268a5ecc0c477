# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Quantiser: what a Quant node says, read once and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.quantisation.unsuited import Unsuited

Array = NDArray[Any]

#: The names of rounding to the nearest integer, halves to even.
HALVES_TO_EVEN = ("ROUND", "HALF_EVEN")


@dataclass(frozen=True)
class Quantiser:
    """A Quant node with constant parameters: ``(clip(round(x / scale + zero_point)) - zero_point) · scale``.

    ``scale`` and ``zero_point`` are float32 and broadcast against the tensor; every scale is positive and
    every zero point whole. ``minimum`` and ``maximum`` are the integers' bounds, which ``narrow`` tightens.
    """

    node: NodeProto
    scale: Array
    zero_point: Array
    type: IntegerType
    narrow: bool
    rounding_mode: str

    @property
    def source(self) -> str:
        """The tensor that is quantised."""
        return str(self.node.input[0])

    @property
    def output(self) -> str:
        """The quantised tensor."""
        return str(self.node.output[0])

    @property
    def minimum(self) -> int:
        """The least integer."""
        return self.type.minimum + (self.narrow and self.type.signed)

    @property
    def maximum(self) -> int:
        """The greatest integer."""
        return self.type.maximum - (self.narrow and not self.type.signed)

    @property
    def rounds_to_even(self) -> bool:
        """Whether it rounds to the nearest integer, halves to even."""
        return self.rounding_mode in HALVES_TO_EVEN

    def scalar(self) -> tuple[float, int]:
        """Scale and zero point of the whole tensor; raises ``Unsuited`` if they differ by channel."""
        if self.scale.size != 1 or self.zero_point.size != 1:
            raise Unsuited(f"the quantiser {self.node.name!r} has a scale for each channel")
        return float(self.scale.reshape(())), int(self.zero_point.reshape(()))


def is_quantiser(node: NodeProto | None) -> bool:
    """Whether the node is one of QONNX's Quant, under either of its names."""
    return node is not None and node.op_type in ("Quant", "IntQuant") and not is_standard(node)


def read_quantiser(index: GraphIndex, node: NodeProto) -> Quantiser:
    """What the node says.

    Raises ``Unsuited`` for parameters that are computed, a scale that is not positive, a zero point or a
    width that is not whole, and for one signed bit, which means -1 and 1.
    """
    scale, zero_point, width = (index.constant(name) for name in node.input[1:4])
    place = f"the quantiser {node.name!r}"
    if scale is None or zero_point is None or width is None:
        raise Unsuited(f"{place} has a scale, zero point or width that is computed")
    if not (np.isfinite(scale).all() and (scale > 0).all()):
        raise Unsuited(f"{place} has a scale that is not positive")
    if (zero_point != np.rint(zero_point)).any():
        raise Unsuited(f"{place} has a zero point that is not whole")
    if width.size != 1 or float(width.reshape(())) != int(width.reshape(())) or width.reshape(()) < 1:
        raise Unsuited(f"{place} has a width that is no whole number")
    op, bits = getCustomOp(node), int(width.reshape(()))
    signed = bool(op.get_nodeattr("signed"))
    if signed and bits == 1:
        raise Unsuited(f"{place} is bipolar")
    return Quantiser(
        node=node,
        scale=scale.astype(np.float32),
        zero_point=zero_point.astype(np.float32),
        type=IntegerType(bits, signed),
        narrow=bool(op.get_nodeattr("narrow")),
        rounding_mode=str(op.get_nodeattr("rounding_mode")).upper(),
    )
