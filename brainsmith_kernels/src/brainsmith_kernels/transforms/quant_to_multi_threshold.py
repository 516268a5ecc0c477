# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""QuantToMultiThreshold: quantisers of integers become thresholds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, helper
from qonnx.core.datatype import DataType
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import GraphIndex, new_constant, new_tensor, replace_nodes
from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.quantisation.inference import KernelInference, replace_with_integers
from brainsmith_kernels.quantisation.quantiser import Quantiser, is_quantiser, read_quantiser
from brainsmith_kernels.quantisation.scaled_integers import extract_integers
from brainsmith_kernels.quantisation.thresholds import Thresholds, find_thresholds
from brainsmith_kernels.quantisation.unsuited import Unsuited

_LAYOUTS = {2: "NC", 3: "NWC", 4: "NHWC"}
#: More steps than those of 8 bits make no sense as a list.
_MOST_BITS = 8

#: Operators of images, whose channels are the second axis.
_CHANNELS_FIRST = ("Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool")


class QuantToMultiThreshold(KernelInference):
    """Replace each quantiser of integers behind scales with a MultiThreshold on the integers.

    Products and sums with constants, of each channel of the last axis or of all, go into the thresholds; the
    sign of a negative factor stays in front of them.
    These are found by executing what they replace, so that nothing changes: FINN's own conversion rounds
    halves up, where a Quant rounds them to even. A quantiser that changes no integer goes. Constants stay
    quantised as they are, and images of a model with convolutions too, since their channels come second.
    """

    def candidates(self, index: GraphIndex) -> list[_Quantisation]:
        """The quantisers of what is no constant."""
        nodes = [node for node in index.model.graph.node if is_quantiser(node)]
        return [_Quantisation(node) for node in nodes if index.constant(node.input[0]) is None]

    def infer(self, index: GraphIndex, candidate: _Quantisation) -> None:
        """Replace the quantiser and what leads to it."""
        model, quantiser = index.model, read_quantiser(index, candidate.node)
        shape = index.shape(quantiser.source)
        if quantiser.type.bits > _MOST_BITS:
            raise Unsuited(f"it has more than {_MOST_BITS} bits")
        if shape is None or len(shape) not in _LAYOUTS:
            raise Unsuited("its shape is not known, or not of 2 to 4 dimensions")
        if len(shape) > 2 and any(is_standard(node, *_CHANNELS_FIRST) for node in model.graph.node):
            raise Unsuited("its channels may come second, as those of the model's convolutions do")
        scale, _ = quantiser.scalar()
        found = find_thresholds(index, quantiser)
        integers = extract_integers(model, found.source)

        def make(output: str) -> NodeProto:
            model.set_tensor_datatype(output, DataType[str(quantiser.type)])
            return _make(model, integers, found, output, candidate.name, quantiser.minimum, len(shape))

        if found.directions is not None:
            integers = _turned(model, integers, found.directions, candidate)
        if found.are_identity and quantiser.output not in index.outputs:
            _bypass(model, quantiser, integers, scale)
        else:
            replace_with_integers(model, [quantiser.node], make, quantiser.output, scale)


class _Quantisation:
    def __init__(self, node: NodeProto) -> None:
        self.node = node
        self.name = str(node.name or node.output[0])


def _turned(model: Any, integers: str, directions: NDArray[np.float32], candidate: _Quantisation) -> str:
    """The integers, those of some channels with the other sign, so that thresholds rise in each."""
    kind = IntegerType.parse(str(model.get_tensor_datatype(integers).name))
    turned = new_tensor(model, f"{integers}_turned", model.get_tensor_shape(integers))
    model.set_tensor_datatype(turned, DataType[str(IntegerType.holding(-kind.maximum, kind.magnitude))])
    signs = new_constant(model, f"{integers}_signs", directions)
    model.set_tensor_datatype(signs, DataType["INT2"])
    name = f"{candidate.node.name}_Mul" if candidate.node.name else ""
    place = list(model.graph.node).index(candidate.node)
    model.graph.node.insert(place, helper.make_node("Mul", [integers, signs], [turned], name=name))
    return turned


def _bypass(model: Any, quantiser: Quantiser, integers: str, scale: float) -> None:
    """Let the quantiser's readers read the integers, and the product with their scale where it is not 1."""
    if scale != 1:
        factor = new_constant(model, f"{quantiser.output}_scale", np.asarray(scale, dtype=np.float32))
        scaling = helper.make_node("Mul", [integers, factor], [quantiser.output], name=quantiser.node.name)
        replace_nodes(model, [quantiser.node], [scaling])
        return
    for reader in model.graph.node:
        for place, name in enumerate(reader.input):
            if name == quantiser.output:
                reader.input[place] = integers
    model.graph.node.remove(quantiser.node)


def _make(
    model: Any, integers: str, found: Thresholds, output: str, name: str, minimum: int, rank: int
) -> NodeProto:
    thresholds = new_constant(model, f"{output}_thresholds", found.values)
    kind = IntegerType.holding(int(found.values.min()), int(found.values.max()))
    model.set_tensor_datatype(thresholds, DataType[str(kind)])
    node = helper.make_node(
        "MultiThreshold",
        [integers, thresholds],
        [output],
        name=name,
        domain="qonnx.custom_op.general",
        out_dtype=str(model.get_tensor_datatype(output).name),
        out_bias=float(minimum),
    )
    op = getCustomOp(node)
    # qonnx 0.4 has no words for 2 and 3 dimensions, and takes the last one for the channels by itself.
    allowed = op.get_nodeattr_types()["data_layout"][3:]
    if not allowed or _LAYOUTS[rank] in allowed[0]:
        op.set_nodeattr("data_layout", _LAYOUTS[rank])
    return node
