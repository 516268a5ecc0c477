# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The fates of nodes under FINN's own steps, as far as they are certain beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import numpy_helper

from brainsmith_core.preflight import Fate
from brainsmith_finn_bridge.preflight.dataflow import Dataflow
from brainsmith_finn_bridge.preflight.source import StepSource

_HARDWARE = "finn.custom_op.fpgadataflow"
#: What FINN makes hardware of wherever it stands, by op type: the kernel, and the transform that does it.
_ALWAYS: Mapping[str, tuple[str, str]] = {
    "MultiThreshold": ("Thresholding, or part of an MVAU", "InferThresholdingLayer"),
    "Relu": ("ElementwiseMax, or part of the next Thresholding", "InferReLUAsElementwiseMax"),
    "Softmax": ("HWSoftmax", "InferHWSoftmax"),
}
_QUANTISERS = ("Quant", "BipolarQuant")
#: One of these, and step_qonnx_to_finn does its work; which of them counts is said by its text.
_CONVERTED = ("Quant", "BipolarQuant", "BinaryQuant", "Trunc")
#: Layers with weights; FINN's MVAU and VVAU take whole numbers only.
_LAYERS = ("MatMul", "Gemm", "Conv")
_ELEMENTWISE = ("Add", "Sub", "Mul", "Div")
#: Operators of which the output is a floating-point tensor where all inputs are.
_FLOATS = {
    "Add", "BatchNormalization", "Conv", "Div", "Erf", "Exp", "Gelu", "Gemm", "LayerNormalization", "Log",
    "MatMul", "Mul", "Pow", "ReduceMean", "Relu", "Reshape", "Sigmoid", "Softmax", "Sqrt", "Sub", "Tanh",
    "Transpose",
}  # fmt: skip
#: Operators that some transformation of every FINN knows; looking for the others takes a moment.
_FAMILIAR = {
    "Add", "AveragePool", "BatchNormalization", "Concat", "Conv", "ConvTranspose", "Div", "Flatten", "Gemm",
    "GlobalAveragePool", "MatMul", "MaxPool", "Mul", "Pad", "Relu", "Reshape", "Sub", "TopK", "Transpose",
}  # fmt: skip
#: Operators that cleaning up removes or works out, so that no transformation need name them.
_CLEANED = {
    "Cast", "Constant", "ConstantOfShape", "Dropout", "EyeLike", "Identity", "If", "Loop", "Range", "Scan",
    "Shape", "Size",
}  # fmt: skip


class Fates:
    """What becomes of each node of a model when FINN's steps are applied to it as it is.

    ``converts`` says that quantisers become thresholds before hardware is inferred;
    ``widest`` is the number of bits up to which they do.
    """

    def __init__(self, flow: Dataflow, source: StepSource, *, converts: bool, widest: int) -> None:
        self._flow = flow
        self._source = source
        present = {node.op_type for node in flow.nodes} & set(_CONVERTED)
        self._converts = converts and any(source.names("step_qonnx_to_finn", each) for each in present)
        self._widest = widest
        self._infers = {
            op_type: source.names("step_convert_to_hw", transform)
            for op_type, (_, transform) in _ALWAYS.items()
        }

    def of(self, index: int) -> tuple[Fate, str, str]:
        """Fate, kernel and reason of a node; ``open`` unless the rest is certain."""
        node = self._flow.nodes[index]
        if node.domain.startswith(_HARDWARE):
            return "hardware", node.op_type, "the model has it as hardware already"
        if index not in self._flow.dynamic:
            return "constant", "", "it does not work on the inputs"
        if self._infers.get(node.op_type, False):
            return "hardware", _ALWAYS[node.op_type][0], f"FINN has hardware for {node.op_type}"
        if node.op_type in _QUANTISERS:
            return self._of_quantiser(node)
        reason = self._why_host(node)
        if reason:
            return "host", "", reason
        return "open", "", self._why_open(node)

    def moves(self, index: int) -> bool:
        """Whether the node becomes hardware for certain, but FINN may move it towards the outputs first."""
        node = self._flow.nodes[index]
        if index not in self._flow.dynamic:
            return False
        if node.op_type == "BatchNormalization":
            # Streamlining makes a Mul and an Add of it.
            return all(name in self._flow.initializers for name in node.input[1:])
        if node.op_type not in _ELEMENTWISE or len(node.input) != 2:
            return False
        constant = [self._array(name) for name in node.input if name in self._flow.initializers]
        neutral = 0.0 if node.op_type in ("Add", "Sub") else 1.0
        if len(constant) != 1 or constant[0] is None or constant[0].dtype != np.float32:
            return False
        return bool((constant[0] != neutral).all()) and self._source.names(
            "step_convert_to_hw", "InferElementwiseBinaryOperation"
        )

    def is_immovable(self, index: int) -> bool:
        """Whether no transformation moves anything past the node, because none knows its operator."""
        op_type = self._flow.nodes[index].op_type
        return op_type not in _FAMILIAR and not self._source.knows(op_type)

    def _of_quantiser(self, node: Any) -> tuple[Fate, str, str]:
        bits = self._bits(node)
        if not self._converts or bits is None:
            return "open", "", "it is no threshold when hardware is inferred"
        if bits > self._widest:
            return "open", "", f"max_multithreshold_bit_width is {self._widest}, and it has {bits:g} bits"
        kernel = _ALWAYS["MultiThreshold"][0]
        if not self._infers["MultiThreshold"]:
            return "open", "", "this FINN infers no thresholding"
        return "hardware", kernel, f"a quantiser of at most {self._widest} bits becomes thresholds"

    def _bits(self, node: Any) -> float | None:
        if node.op_type == "BipolarQuant":
            return 1
        width = self._array(node.input[3]) if len(node.input) > 3 else None
        return None if width is None or width.size != 1 else float(width.reshape(()))

    def _why_host(self, node: Any) -> str:
        if node.op_type in _LAYERS:
            return self._why_host_layer(node)
        if node.op_type == "Resize" and self._is_overlooked("Resize", "Upsample"):
            return "step_convert_to_hw makes hardware of Upsample, and does not look at Resize"
        if node.op_type == "LayerNormalization" and len(node.input) > 1:
            scale = self._array(node.input[1])
            prepared = self._source.names("step_convert_to_hw", "ExtractNormScaleBias")
            prepared = prepared or self._source.names("step_streamline", "ExtractNormScaleBias")
            if scale is not None and (scale != 1).any() and not prepared:
                return "its scale is not 1; the transform finn:ExtractNormScaleBias makes a Mul of that"
        standard = node.domain in ("", "ai.onnx") and node.op_type not in _CLEANED | _FAMILIAR
        if standard and not self._source.knows(node.op_type):
            return f"no transformation of FINN's knows {node.op_type}"
        return ""

    def _is_overlooked(self, op_type: str, looked_for: str) -> bool:
        """Whether the inference that takes an operator is only applied where there is another, and is not."""
        there = any(node.op_type == looked_for for node in self._flow.nodes)
        return not there and not self._source.names("step_convert_to_hw", op_type)

    def _why_host_layer(self, node: Any) -> str:
        weights = [name for name in node.input[:2] if name in self._flow.initializers]
        if not weights and any(self._flow.is_float(name, _FLOATS) for name in node.input[:2]):
            return "it multiplies floating-point tensors, and FINN's MVAU and VVAU take whole numbers"
        if len(weights) != 1 or self._flow.annotated.get(weights[0], "FLOAT32") != "FLOAT32":
            return ""
        return f"its weights {weights[0]!r} are not quantised, and FINN's MVAU and VVAU take whole numbers"

    def _why_open(self, node: Any) -> str:
        if node.op_type in _LAYERS:
            return "an MVAU or VVAU if weights and input are whole numbers after streamlining"
        if node.op_type in (*_ELEMENTWISE, "BatchNormalization"):
            return "streamlining may move it into thresholds, else it becomes an Elementwise layer"
        return f"depends on what streamlining leaves around the {node.op_type}"

    def _array(self, name: str) -> np.ndarray[Any, Any] | None:
        tensor = self._flow.initializers.get(name)
        # Data beside the model's file is read by its own load, not here.
        if tensor is None or not tensor.ByteSize() or tensor.data_location == tensor.EXTERNAL:
            return None
        return np.asarray(numpy_helper.to_array(tensor))
