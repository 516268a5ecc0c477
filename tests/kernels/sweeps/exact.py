# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The real functions in exact arithmetic or 60 digits, written from their definitions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import mpmath
import numpy as np

_MP = mpmath.MPContext()
_MP.dps = 60
#: How far a value in float64 may be from the real one, in units of an output of at most 16 bits.
_FLOAT64 = 1e-9
#: More values than these are not looked at one by one in one batch; equal ones count once.
_MOST = 5000

FUNCTIONS = {
    "gelu": lambda x: x / 2 * (1 + _MP.erf(x / _MP.sqrt(2))),
    "gelu_tanh": lambda x: x / 2 * (1 + _MP.tanh(_MP.sqrt(2 / _MP.pi) * (x + _MP.mpf("0.044715") * x**3))),
    "silu": lambda x: x / (1 + _MP.exp(-x)),
    "sigmoid": lambda x: 1 / (1 + _MP.exp(-x)),
    "tanh": _MP.tanh,
    "exp": _MP.exp,
    "erf": _MP.erf,
    "relu": lambda x: max(x, _MP.zero),
    "identity": lambda x: x,
}


@dataclass
class Errors:
    """The distances of results from the real function.

    ``values`` counts results; ``beyond`` those that are farther than half a unit, which another integer is
    nearer to; ``excess`` is the largest distance less a half, exact to more digits than a float has.
    """

    values: int = 0
    beyond: int = 0
    excess: Any = -_MP.mpf(1) / 2

    def add(self, parameters: Any, rows: np.ndarray, results: np.ndarray) -> None:
        """Take in the results of some rows: by float64 where that is beyond doubt, exactly elsewhere."""
        self.values += rows.size
        distances = np.abs(results - parameters.real(rows))
        least = min(0.5, max(float(distances.max()), float(self.excess) + 0.5)) - 2 * _FLOAT64
        seen: dict[tuple[int, int, int], Any] = {}
        for row, column in np.argwhere(distances >= least):
            key = (int(row), int(rows[row, column]), int(results[row, column]))
            if key not in seen:
                if len(seen) == _MOST:
                    break
                seen[key] = abs(real(parameters, rows[row], key[1]) - key[2]) - _MP.mpf(1) / 2
            self.beyond += seen[key] > 0
        self.excess = max([self.excess, *seen.values()])


def real(parameters: Any, row: np.ndarray, x: int) -> Any:
    """The real function of an element ``x`` of a row, in units of the last place, clipped."""
    value = _REAL[parameters.kernel](parameters, row, x) / _MP.mpf(parameters.output_scale)
    return min(max(value, _MP.mpf(parameters.output_type.minimum)), _MP.mpf(parameters.output_type.maximum))


def _norm(parameters: Any, row: np.ndarray, x: int) -> Any:
    size, scale = len(row), _MP.mpf(parameters.input_scale)
    mean = _MP.mpf(int(row.sum())) / size if parameters.kernel == "LayerNorm" else _MP.zero
    variance = _MP.fsum((int(y) - mean) ** 2 for y in row) * scale**2 / size
    radicand = variance + _MP.mpf(parameters.epsilon)
    return (x - mean) * scale / _MP.sqrt(radicand) if radicand else _MP.zero


def _softmax(parameters: Any, row: np.ndarray, x: int) -> Any:
    levels, counts = np.unique(row, return_counts=True)
    powers = [_power(parameters.input_scale, int(level) - x) for level in levels]
    return 1 / _MP.fdot(zip(powers, map(int, counts), strict=True))


@cache
def _power(scale: float, difference: int) -> Any:
    return _MP.exp(_MP.mpf(scale) * difference)


def _activation(parameters: Any, row: np.ndarray, x: int) -> Any:
    return FUNCTIONS[parameters.function](_MP.mpf(parameters.input_scale) * x)


_REAL = {"LayerNorm": _norm, "RMSNorm": _norm, "Softmax": _softmax, "LutActivation": _activation}
