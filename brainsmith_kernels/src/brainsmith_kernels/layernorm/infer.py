# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""InferLayerNorm: layer normalisations between quantisers become nodes of the integer kernel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from onnx import NodeProto
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.domain import DOMAIN, is_standard, make_kernel_node
from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.layernorm.fine import fine_scale, fine_type
from brainsmith_kernels.layernorm.normalization import Normalization, find_normalizations, split
from brainsmith_kernels.layernorm.pattern import find_decomposed_norms
from brainsmith_kernels.layernorm.specification import MOST_OUTPUT_BITS, LayerNormSpecification
from brainsmith_kernels.quantisation.following import (
    Following,
    check_leads_to_quantiser,
    quantiser_after,
)
from brainsmith_kernels.quantisation.inference import (
    KernelInference,
    check_parameters,
    make_kernel,
    replace_with_integers,
    rows_of,
)
from brainsmith_kernels.quantisation.scaled_integers import extract_integers, read_integers
from brainsmith_kernels.quantisation.unsuited import Unsuited

_UNUSABLE = "its shape is open (give the model a fixed batch size), it is no float32, or its mean is read"


@dataclass(frozen=True)
class Norm:
    """A normalisation of some form: its nodes, the tensors at both ends, the first axis and epsilon.

    ``whole`` is ONNX's operator with a scale or a bias, which are still to be taken out of it.
    """

    nodes: tuple[NodeProto, ...]
    input: str
    output: str
    axis: int
    epsilon: float
    whole: Normalization | None = None

    @property
    def name(self) -> str:
        """The name of the last node, or of its result."""
        return str(self.nodes[-1].name or self.output)


class InferLayerNorm(KernelInference):
    """Replace each normalisation of the last axis that lies between quantisers, whole or written out.

    Where the quantiser follows directly, the kernel gives its integers, correctly rounded but within the
    specification's ``excess`` of a tie. Otherwise the kernel gives 24 bits, and scale, bias and quantiser
    stay behind it: the result then lies within 1/2 + |scale| · step / (2 · the quantiser's scale) units of
    the last place of the real number, ``step`` being the kernel's output scale. A zero point of the input
    cancels out.
    """

    specification: ClassVar[type[LayerNormSpecification]] = LayerNormSpecification

    def candidates(self, index: GraphIndex) -> Iterable[Norm]:
        """The normalisations of the graph: written out, ONNX's, and the kernel's functional model."""
        for written in find_decomposed_norms(index):
            yield Norm(written.nodes, written.input, written.output, written.axis, written.epsilon)
        usable = find_normalizations(index)
        described = {found.node.output[0] for found in usable}
        for node in index.model.graph.node:
            if is_standard(node, "LayerNormalization") and node.output[0] not in described:
                self.left[str(node.name or node.output[0])] = _UNUSABLE
        for found in usable:
            words = (found.node.input[0], found.node.output[0], found.axis, found.epsilon)
            whole = found if found.has_scale or found.has_bias else None
            yield Norm((found.node,), *words, whole)
        for node in index.model.graph.node:
            if node.domain == DOMAIN and node.op_type == "LayerNorm":
                epsilon = float(getCustomOp(node).get_nodeattr("epsilon"))
                yield Norm((node,), node.input[0], node.output[0], -1, epsilon)

    def infer(self, index: GraphIndex, candidate: Norm) -> None:
        """Replace the nodes, and the quantiser where it follows directly."""
        shape = rows_of(index, candidate.input)
        if candidate.axis != -1:
            raise Unsuited("it normalises more than the last axis")
        source = read_integers(index, candidate.input)
        if source.zero_point and not self.specification.centred:
            raise Unsuited("its input has a zero point")
        direct = None if candidate.whole is not None else self._direct(index, candidate.output)
        if direct is None:
            check_leads_to_quantiser(index, candidate.output)
        step = direct.step if direct is not None else fine_scale(self.specification, shape[-1])
        kind = direct.quantiser.type if direct is not None else fine_type()
        words = {"input_scale": source.factor, "output_scale": step, "epsilon": candidate.epsilon}
        check_parameters(
            lambda: self.specification(
                size=shape[-1], simd=1, input_type=source.type, output_type=kind, **words
            )
        )
        self._replace(index, candidate, direct, step, {"outputDataType": str(kind), **words})

    def _direct(self, index: GraphIndex, tensor: str) -> Following | None:
        """The quantiser whose integers the kernel can give by itself."""
        try:
            found = quantiser_after(index, tensor)
        except Unsuited:
            return None
        fits = 2 <= found.quantiser.type.bits <= MOST_OUTPUT_BITS and 2.0**-24 <= found.step <= 2.0**8
        return found if fits and found.rounds_plainly and not found.quantiser.narrow else None

    def _replace(
        self, index: GraphIndex, norm: Norm, direct: Following | None, step: float, words: dict[str, Any]
    ) -> None:
        model, source, output = index.model, norm.input, norm.output
        integers = extract_integers(model, source)
        nodes = list(norm.nodes)
        if norm.whole is not None:
            # The normalisation alone gets a node of its own first, with scale and bias behind it.
            made: list[NodeProto] = []

            def make_norm(model: Any, source: str, output: str, name: str, epsilon: float) -> NodeProto:
                made.append(make_layer_norm(model, source, output, name, epsilon))
                return made[0]

            split(GraphIndex(model), norm.whole, make_norm)
            output = made[0].output[0]
            nodes = [node for node in model.graph.node if output in node.output]
        if direct is not None:
            nodes, output = [*nodes, *direct.nodes], direct.quantiser.output
        op_type = f"Int{self.specification.kernel}"
        replace_with_integers(
            model,
            nodes,
            lambda target: make_kernel(model, op_type, integers, target, norm.name, **words),
            output,
            direct.scale if direct is not None else step,
        )


def make_layer_norm(model: Any, source: str, output: str, name: str, epsilon: float) -> NodeProto:
    """A node of the functional model between the two tensors, with its attributes recorded."""
    kernel = make_kernel_node(model, "LayerNorm", [source], output, name=name, epsilon=float(epsilon))
    getCustomOp(kernel).infer_node_datatype(model)
    return kernel
