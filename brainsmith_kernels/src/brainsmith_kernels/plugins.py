# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Plugins: the records of everything that the pack gives."""

from __future__ import annotations

import os

from brainsmith_core import BackendRecord, KernelRecord, StepRecord, TransformRecord
from brainsmith_core.discovery.locate import locate
from brainsmith_kernels import qonnx_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AUTHOR = "The Brainsmith authors"
FINN_REMEDY = "pip install finn-plus brainsmith-finn-bridge"


def transforms() -> list[TransformRecord]:
    """Every transform, then the transform sets.

    ``ConvertDivToMul`` is among them only if the installed qonnx has none, since two of one name would
    make the bare name ambiguous.
    """
    need = _need()
    records = [_transform(need, **words) for words in (*_TOPOLOGY, *_INFERENCE)]
    if not qonnx_source.defines_transformation("ConvertDivToMul"):
        records.append(_transform(need, **_CONVERT_DIV_TO_MUL))
    return records + [TransformRecord(author=AUTHOR, **need, **words) for words in _SETS]


def kernels() -> list[KernelRecord]:
    """Every kernel."""
    need = _need()
    return [
        KernelRecord(
            name=name,
            target=f"brainsmith_kernels.{folder}.op:{op_type}",
            op_type=op_type,
            description=description,
            author=AUTHOR,
            **need,
        )
        for name, folder, op_type, description in _KERNELS
    ]


def backends() -> list[BackendRecord]:
    """Every back end; none of them needs a framework."""
    return [
        BackendRecord(
            name=f"{kernel}{language.upper()}",
            target=f"brainsmith_kernels.{folder}.{language}:{owner}{language.upper()}",
            kernel=kernel,
            language=language,
            description=f"{kernel} in {text}, bit for bit as its specification says.",
            author=AUTHOR,
        )
        for kernel, folder, owner in _HARDWARE
        for language, text in (("hls", "C++ for high-level synthesis"), ("rtl", "SystemVerilog"))
    ]


def steps() -> list[StepRecord]:
    """Every build step."""
    need = _need()
    return [
        StepRecord(
            name=name,
            target=f"brainsmith_kernels.steps.{name}:{name}",
            stage=stage,
            description=description,
            author=AUTHOR,
            **(_need_of_finn(need) if name == "qonnx_to_finn" else need),
        )
        for name, stage, description in _STEPS
    ]


def _need() -> dict[str, Any]:
    # The version is in this distribution's own requirements; to compare it again at each listing takes longer
    # than all the rest of it.
    if qonnx_source.is_installed():
        return {}
    return {"unavailable": "qonnx is not installed", "remedy": "pip install 'qonnx>=0.4'"}


def _need_of_finn(need: dict[str, Any]) -> dict[str, Any]:
    """The same for the step that is FINN's work; a package of its name without the converter is no FINN."""
    converter = os.path.join("transformation", "qonnx", "convert_qonnx_to_finn.py")  # noqa: PTH118
    if "unavailable" in need or any(
        os.path.isfile(os.path.join(folder, converter))  # noqa: PTH113, PTH118
        for folder in locate("finn")
    ):
        return need
    return {**need, "unavailable": "FINN is not installed", "remedy": FINN_REMEDY}


def _transform(need: dict[str, Any], *, name: str, module: str, **words: Any) -> TransformRecord:
    return TransformRecord(
        name=name, target=f"brainsmith_kernels.{module}:{name}", author=AUTHOR, **need, **words
    )


_TOPOLOGY: tuple[dict[str, Any], ...] = (
    {
        "name": "ExpandNorms",
        "module": "transforms.expand_norms",
        "stage": "topology_opt",
        "description": "Split LayerNormalization into the normalisation, a scale and a bias.",
        "parameters": ("to='normalisation'",),
    },
    {
        "name": "FuseDecomposedNorm",
        "module": "transforms.fuse_decomposed_norm",
        "stage": "topology_opt",
        "description": "Recognise a normalisation written out in elementary ops.",
    },
    {
        "name": "FuseErfGelu",
        "module": "transforms.fuse_erf_gelu",
        "stage": "topology_opt",
        "description": "Recognise a GELU written out with Erf.",
    },
    {
        "name": "MergeOpChains",
        "module": "transforms.merge_op_chains",
        "stage": "topology_opt",
        "description": "Merge a chain of Add, Sub, Mul and Div by constants into one Mul and one Add.",
    },
    {
        "name": "QuantToMultiThreshold",
        "module": "transforms.quant_to_multi_threshold",
        "stage": "topology_opt",
        "description": "Turn quantisers of integers into thresholds, halves to even as they round.",
    },
)

_CONVERT_DIV_TO_MUL: dict[str, Any] = {
    "name": "ConvertDivToMul",
    "module": "transforms.convert_div_to_mul",
    "stage": "topology_opt",
    "description": "Replace a division by a constant with a multiplication by its reciprocal.",
}

_INFERENCE: tuple[dict[str, Any], ...] = tuple(
    {
        "name": f"Infer{kernel}",
        "module": f"{folder}.infer",
        "stage": "kernel_inference",
        "description": f"Replace {what} with nodes of the kernel {kernel}.",
        "creates": (kernel,),
    }
    for kernel, folder, what in (
        ("MatMul", "matmul", "matrix multiplications"),
        ("LayerNorm", "layernorm", "quantised layer normalisations, whole or written out,"),
        ("RMSNorm", "rmsnorm", "quantised root-mean-square normalisations, whole or written out,"),
        ("Softmax", "softmax", "quantised softmaxes over the last axis"),
        ("Gelu", "gelu", "quantised GELUs, whole or written out with Erf,"),
        ("LutActivation", "lut_activation", "functions of one quantised tensor, element by element,"),
    )
)

_SETS: tuple[dict[str, Any], ...] = (
    {
        "name": "quantization",
        "description": "Fold what feeds the quantisers, and annotate every tensor with its datatype.",
        "members": (
            "qonnx:InferShapes",
            "qonnx:GiveUniqueParameterTensors",
            "qonnx:FoldConstants",
            "qonnx:FoldTransposeIntoQuantInit",
            "qonnx:InferDataTypes",
        ),
    },
    {
        "name": "folding",
        "description": "Compute once what does not depend on the input, and drop what nothing reads.",
        "members": (
            "qonnx:InferShapes",
            "qonnx:FoldConstants",
            "qonnx:RemoveUnusedNodes",
            "qonnx:RemoveUnusedTensors",
        ),
    },
    {
        "name": "cleanup_transforms",
        "description": "Tidy the graph: shapes, constants, static inputs, and readable unique names.",
        "members": (
            "qonnx:InferShapes",
            "qonnx:GiveUniqueParameterTensors",
            "qonnx:FoldConstants",
            "qonnx:FoldTransposeIntoQuantInit",
            "qonnx:RemoveUnusedTensors",
            "qonnx:RemoveStaticGraphInputs",
            "qonnx:GiveUniqueNodeNames",
            "qonnx:GiveReadableTensorNames",
        ),
    },
    {
        "name": "optimization_transforms",
        "description": "Split norms, merge constant arithmetic, and bring shapes and datatypes up to date.",
        "members": (
            "brainsmith:ExpandNorms",
            "brainsmith:MergeOpChains",
            "qonnx:InferShapes",
            "qonnx:InferDataTypes",
        ),
    },
)

_KERNELS = (
    ("MatMul", "matmul", "MatMul", "Matrix product; exact on integer operands."),
    ("LayerNorm", "layernorm", "IntLayerNorm", "Integers of the last axis to mean 0 and variance 1."),
    ("RMSNorm", "rmsnorm", "IntRMSNorm", "Integers of the last axis to mean square 1."),
    ("Softmax", "softmax", "IntSoftmax", "Softmax of integers over the last axis."),
    ("Gelu", "lut_activation", "LutActivation", "Gaussian error linear unit of integers, by table."),
    ("LutActivation", "lut_activation", "LutActivation", "Any function of integers of at most 8 bits."),
)

#: Kernel, the folder of its back ends, and the kernel after which these are named there.
_HARDWARE = (
    ("LayerNorm", "layernorm", "LayerNorm"),
    ("RMSNorm", "rmsnorm", "RMSNorm"),
    ("Softmax", "softmax", "Softmax"),
    ("LutActivation", "lut_activation", "LutActivation"),
    ("Gelu", "lut_activation", "LutActivation"),
)

_STEPS = (
    ("cleanup", "cleanup", "Bring an exported model into the form that qonnx's transforms expect."),
    ("qonnx_to_finn", "conversion", "Convert from QONNX's dialect to FINN's."),
    ("hardware_inference", "hardware_inference", "Replace standard operators with kernels."),
    ("quantisers_to_thresholds", "conversion", "Turn quantisers of integers into thresholds, exactly."),
)
