# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The softmax as numbers: what every implementation of the kernel must compute."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def softmax(x: Array) -> Array:
    """``exp(x) / sum(exp(x))`` over the last axis, in float64, rounded once to float32.

    The row's maximum is subtracted first, so that no finite input overflows. A row that is nothing but
    minus infinity gives NaN, as in ONNX.
    """
    wide = x.astype(np.float64)
    # Minus infinity less itself is NaN and meant so.
    with np.errstate(invalid="ignore"):
        powers = np.exp(wide - wide.max(axis=-1, keepdims=True))
    shares: Array = powers / powers.sum(axis=-1, keepdims=True)
    return shares.astype(np.float32)
