# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The accumulator: the smallest datatype that holds every sum of a matrix product."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qonnx.core.datatype import DataType


def accumulator_datatype(a: Any, b: Any, length: int, weights: NDArray[Any] | None = None) -> Any:
    """The datatype of a sum of ``length`` products of integer datatypes ``a`` and ``b``.

    With constant ``weights`` (shape ``(…, length, columns)``) the bounds are those that the given weights can
    reach, otherwise those that their datatype can.
    """
    low, high = int(a.min()), int(a.max())
    if weights is None:
        corners = [x * y * length for x in (low, high) for y in (int(b.min()), int(b.max()))]
        return smallest_integer(min(corners), max(corners))
    whole = weights.astype(np.int64)
    positive = np.where(whole > 0, whole, 0).sum(axis=-2).ravel().tolist()
    negative = np.where(whole < 0, whole, 0).sum(axis=-2).ravel().tolist()
    columns = list(zip(positive, negative, strict=True))
    lowest = min(up * low + down * high for up, down in columns)
    highest = max(up * high + down * low for up, down in columns)
    return smallest_integer(lowest, highest)


def smallest_integer(low: int, high: int) -> Any:
    """The narrowest QONNX integer datatype that holds both bounds and what lies between."""
    if low >= 0:
        return DataType[f"UINT{max(high.bit_length(), 1)}"]
    bits = max((-low - 1).bit_length(), max(high, 0).bit_length()) + 1
    return DataType[f"INT{max(bits, 2)}"]
