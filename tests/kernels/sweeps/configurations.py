# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What is swept: sizes, widths and lanes of each kernel, and how many rows of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from brainsmith_core.loading import load
from brainsmith_kernels import plugins

KERNELS = ("LayerNorm", "RMSNorm", "Softmax", "LutActivation")
#: Epsilon as an attribute of an ONNX node holds it.
_EPSILON = "9.999999747378752e-06"

#: Size, lanes, type in, type out, and the binary exponents of both scales, for LayerNorm and RMSNorm.
_NORMS = (
    (2, 1, "INT8", "INT8", -4, -5),
    (9, 1, "INT3", "UINT3", -1, -2),
    (12, 12, "INT8", "INT8", -4, -5),
    (15, 5, "UINT5", "INT7", -3, -5),
    (16, 16, "INT4", "UINT16", -2, -13),
    (60, 12, "INT2", "INT2", 0, 0),
    (64, 1, "INT8", "INT8", -4, -5),
    (64, 4, "UINT7", "INT8", -4, -5),
    (64, 32, "INT8", "INT8", -4, -5),
    (197, 1, "INT8", "INT8", -4, -5),
    (384, 8, "INT8", "INT16", -4, -10),
    (384, 16, "UINT8", "INT8", -6, -5),
    (768, 2, "INT6", "INT6", -3, -3),
    (768, 16, "INT8", "INT8", -4, -5),
    (768, 32, "UINT3", "INT12", -1, -9),
    (1024, 16, "INT8", "INT8", -4, -5),
)
_SOFTMAX = (
    (1, 1, "INT8", "UINT8", -4, -8),
    (2, 1, "INT8", "UINT8", -4, -8),
    (9, 1, "INT3", "UINT3", -1, -3),
    (12, 12, "INT8", "UINT8", -4, -8),
    (15, 5, "UINT5", "INT7", -3, -6),
    (16, 16, "INT4", "UINT16", -2, -16),
    (60, 12, "INT2", "UINT2", 0, -2),
    (64, 1, "INT8", "UINT8", -4, -8),
    (64, 4, "UINT7", "UINT8", -4, -8),
    (64, 32, "INT8", "UINT8", -4, -8),
    (197, 1, "INT8", "UINT8", -4, -8),
    (384, 8, "INT8", "UINT16", -6, -16),
    (384, 16, "UINT8", "UINT8", -5, -10),
    (768, 2, "INT6", "UINT6", -3, -9),
    (768, 16, "INT8", "UINT8", -4, -8),
    (768, 32, "UINT3", "INT12", -1, -12),
    (1024, 16, "INT8", "UINT8", -4, -8),
)
#: The same for LutActivation, with the function.
_ACTIVATIONS = (
    (1, 1, "INT8", "INT8", -5, -5, "gelu"),
    (9, 1, "INT3", "UINT3", 0, -3, "sigmoid"),
    (12, 12, "INT8", "INT8", -5, -7, "tanh"),
    (15, 5, "UINT5", "INT7", -3, -4, "silu"),
    (16, 16, "INT4", "UINT16", -1, -16, "sigmoid"),
    (60, 12, "INT2", "INT2", 0, 0, "relu"),
    (64, 4, "INT8", "INT8", -5, -5, "gelu"),
    (64, 32, "INT8", "UINT16", -4, -5, "exp"),
    (197, 1, "INT8", "INT8", -5, -5, "gelu_tanh"),
    (384, 8, "INT8", "INT16", -5, -13, "gelu"),
    (384, 16, "UINT8", "INT8", -6, -7, "erf"),
    (768, 2, "INT6", "INT6", -3, -3, "silu"),
    (768, 16, "UINT7", "UINT8", -5, -5, "gelu"),
    (1024, 16, "INT8", "INT8", -5, -5, "gelu"),
)


@dataclass(frozen=True)
class Configuration:
    """Parameters of a kernel, as text, and the rows that are run through it."""

    kernel: str
    given: Mapping[str, str] = field(hash=False)
    rows: int

    @property
    def name(self) -> str:
        """What tells it from the others, fit for the name of a file."""
        return "-".join([self.kernel, *map(str, self.given.values())])


def configurations(rows: int) -> Iterator[Configuration]:
    """All of them; rows of 1024 are fewer, so that none takes much longer than the others."""
    for kernel in KERNELS:
        table = {"Softmax": _SOFTMAX, "LutActivation": _ACTIVATIONS}.get(kernel, _NORMS)
        for size, simd, source, sink, input_exponent, output_exponent, *function in table:
            given = {"size": str(size), "simd": str(simd), "input_type": source, "output_type": sink}
            given |= {"input_scale": str(2.0**input_exponent), "output_scale": str(2.0**output_exponent)}
            if kernel in ("LayerNorm", "RMSNorm"):
                given["epsilon"] = _EPSILON
            if function:
                given["function"] = function[0]
            yield Configuration(kernel, given, rows if size < 500 else rows // 2)


def backend(kernel: str, language: str) -> type:
    """The back end of a kernel in ``RTL`` or ``HLS``."""
    return load({record.name: record for record in plugins.backends()}[f"{kernel}{language}"])
