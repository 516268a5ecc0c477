# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The ONNX domain of the kernels' nodes: qonnx imports this module by the domain's name.

qonnx from 1.0 finds custom ops in any domain that is an importable module. qonnx 0.4 asks first whether
the domain begins with ``finn`` or ``qonnx.custom_op``; hence this name, and this module of its own. A
saved model thereby runs in a fresh process without anything being registered first.
"""

from __future__ import annotations

from brainsmith_kernels.gelu.op import Gelu
from brainsmith_kernels.layernorm.op import IntLayerNorm, LayerNorm
from brainsmith_kernels.lut_activation.op import LutActivation
from brainsmith_kernels.matmul.op import MatMul
from brainsmith_kernels.rmsnorm.op import IntRMSNorm
from brainsmith_kernels.softmax.op import IntSoftmax

__all__ = [
    "Gelu",
    "IntLayerNorm",
    "IntRMSNorm",
    "IntSoftmax",
    "LayerNorm",
    "LutActivation",
    "MatMul",
    "custom_op",
]

#: The table that qonnx 0.4 reads: op type to class.
custom_op = {
    "Gelu": Gelu,
    "IntLayerNorm": IntLayerNorm,
    "IntRMSNorm": IntRMSNorm,
    "IntSoftmax": IntSoftmax,
    "LayerNorm": LayerNorm,
    "LutActivation": LutActivation,
    "MatMul": MatMul,
}
