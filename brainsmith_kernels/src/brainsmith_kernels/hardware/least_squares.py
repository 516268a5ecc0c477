# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Least squares with weights that are not negative."""

from __future__ import annotations

import numpy as np

from brainsmith_kernels.hardware.stream import Array

#: What counts as nothing, beside features that are scaled to at most 1.
_NOTHING = 1e-9


def nonnegative_least_squares(features: Array, values: Array) -> Array:
    """The weights, none negative, for which ``features @ weights`` is nearest to the values.

    ``features`` is of shape ``(points, weights)``. The active-set method of Lawson and Hanson, "Solving Least
    Squares Problems", 1974, chapter 23; SciPy has it as well, and is no dependency for this alone.
    """
    scale = np.maximum(np.abs(features).max(axis=0), _NOTHING)
    scaled = features / scale
    weights = np.zeros(scaled.shape[1])
    free = np.zeros(scaled.shape[1], dtype=bool)
    for _ in range(3 * len(weights)):
        gradient = np.where(free, -np.inf, scaled.T @ (values - scaled @ weights))
        if gradient.max() <= _NOTHING:
            break
        free[gradient.argmax()] = True
        weights = _feasible(scaled, values, weights, free)
    found: Array = weights / scale
    return found


def _feasible(scaled: Array, values: Array, weights: Array, free: Array) -> Array:
    """The least squares of the free weights, of which those that would be negative become 0 and bound."""
    while True:
        wanted = np.zeros_like(weights)
        wanted[free] = np.linalg.lstsq(scaled[:, free], values)[0]
        if (wanted[free] > 0).all():
            return wanted
        falling = free & (wanted <= 0)
        steps = weights[falling] / np.maximum(weights[falling] - wanted[falling], _NOTHING)
        weights = weights + steps.min() * (wanted - weights)
        free &= weights > _NOTHING
        weights[~free] = 0
