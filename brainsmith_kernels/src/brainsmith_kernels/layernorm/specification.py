# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The normalisation as numbers: what every implementation of the kernel must compute."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def layer_norm(x: Array, epsilon: float) -> Array:
    """``(x - mean) / sqrt(variance + epsilon)`` over the last axis, divided by all of its elements.

    Computed in float64 and rounded once to float32 (Ba, Kiros, Hinton, "Layer Normalization", 2016,
    without gain and bias).
    """
    wide = x.astype(np.float64)
    centred = wide - wide.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    normalised: Array = centred / np.sqrt(variance + epsilon)
    return normalised.astype(np.float32)
