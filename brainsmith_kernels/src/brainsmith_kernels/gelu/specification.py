# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The GELU as numbers: what every implementation of the kernel must compute."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_erf = np.frompyfunc(math.erf, 1, 1)


def gelu(x: Array, approximate: str = "none") -> Array:
    """``x · Φ(x)`` with the normal distribution Φ, in float64, rounded once to float32.

    ``approximate="tanh"`` is the formula with the hyperbolic tangent; both are those of Hendrycks and Gimpel,
    "Gaussian Error Linear Units", 2016, and of ONNX's Gelu. Minus infinity gives NaN, as there.
    """
    wide = x.astype(np.float64)
    # An infinity times nothing is NaN and meant so; a cube beyond float64 saturates the tangent.
    with np.errstate(invalid="ignore", over="ignore"):
        if approximate == "tanh":
            inner = np.tanh(math.sqrt(2 / math.pi) * (wide + 0.044715 * wide**3))
        else:
            inner = np.asarray(_erf(wide / math.sqrt(2)), dtype=np.float64)
        activated: Array = 0.5 * wide * (1 + inner)
    return activated.astype(np.float32)
