# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Random tensor: values that a QONNX datatype allows, in the container that an executor takes."""

from __future__ import annotations

from typing import Any

import numpy as np
from qonnx.core.datatype import DataType

#: Integers beyond this are not exact in the float32 that QONNX carries them in.
_EXACT_IN_FLOAT32 = 2**24
#: Unannotated integers are often indices (tokens, for Gather); these lie within any table.
_INDICES = 2


def draw(
    generator: np.random.Generator, datatype: str, shape: tuple[int, ...], container: np.dtype[Any]
) -> Any:
    """An array of a shape and NumPy type with random values of a QONNX datatype.

    Uniform over ``BIPOLAR``, ``BINARY``, ``TERNARY``, integer and fixed-point types, at most over ±2**24;
    normal for floating-point types; small powers of two, which they all have, for minifloats.
    """
    if datatype == "BOOL":
        return generator.integers(0, 2, shape).astype(container)
    if container.kind in "iu" and container.itemsize > 1 and datatype == container.name.upper():
        return generator.integers(0, _INDICES, shape).astype(container)
    if datatype == "BIPOLAR":
        return (2 * generator.integers(0, 2, shape) - 1).astype(container)
    if datatype in ("FLOAT32", "FLOAT16", "FLOAT64", "DOUBLE", "BFLOAT16"):
        return generator.standard_normal(shape).astype(container)
    kind = DataType[datatype]
    if datatype.startswith("FLOAT<"):
        return generator.choice([-1.0, 0.0, 1.0, 2.0], shape).astype(container)
    if kind.is_integer():
        lowest, highest = int(kind.min()), int(kind.max())
        scale = 1.0
    else:
        bits = kind.bitwidth()
        lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        scale = kind.scale_factor() if kind.is_fixed_point() else 1.0
    lowest, highest = max(lowest, -_EXACT_IN_FLOAT32), min(highest, _EXACT_IN_FLOAT32)
    return (scale * generator.integers(lowest, highest, shape, endpoint=True)).astype(container)
