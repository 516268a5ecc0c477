# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The matrix product as numbers: what every implementation of the kernel must compute."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def integer_matmul(a: Array, b: Array) -> Array:
    """The exact product of two arrays of integers, stored as float32.

    Shapes are those of ``numpy.matmul``. The sum is exact whatever its size; beyond 24 bits its container
    rounds it to the nearest float32. Raises ``ValueError`` for an operand that is not all integers.
    """
    for operand in (a, b):
        if not (np.isfinite(operand) & (operand == np.rint(operand))).all():
            raise ValueError("an operand that is annotated as integer holds a fraction, an infinity or a NaN")
    accumulator = _accumulator(a, b)
    product: Array = np.matmul(a.astype(np.int64).astype(accumulator), b.astype(np.int64).astype(accumulator))
    return product.astype(np.float32)


def float_matmul(a: Array, b: Array) -> Array:
    """The product of two float arrays: accumulated in float64, rounded once to float32."""
    product: Array = np.matmul(a.astype(np.float64), b.astype(np.float64))
    return product.astype(np.float32)


def _accumulator(a: Array, b: Array) -> type:
    # Below 2**53 float64 adds integers exactly in any order, and is many times faster than int64.
    largest = a.shape[-1] * int(np.abs(a).max(initial=0)) * int(np.abs(b).max(initial=0))
    if largest < 2**53:
        return np.float64
    return np.int64 if largest < 2**63 else object
