# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The elementwise functions, in so many digits that the integer nearest to a value is beyond doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mpmath


def _context(digits: int) -> Any:
    context = mpmath.MPContext()
    context.dps = digits
    return context


#: Few digits settle nearly every value. Where they leave a half in doubt, many do, as Ziv proposed ("Fast
#: evaluation of elementary mathematical functions with correctly rounded last bit", 1991).
_CONTEXTS = (_context(40), _context(300))

#: Each function by its name, of a context and a number of it.
FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "gelu": lambda mp, x: x / 2 * mp.erfc(_bounded(mp, -x / mp.sqrt(2))),
    "gelu_tanh": lambda mp, x: x * _sigmoid(mp, mp.sqrt(8 / mp.pi) * (x + mp.mpf("0.044715") * x**3)),
    "silu": lambda mp, x: x * _sigmoid(mp, x),
    "tanh": lambda mp, x: mp.tanh(x),
    "sigmoid": lambda mp, x: _sigmoid(mp, x),
    "exp": lambda mp, x: mp.exp(x),
    "erf": lambda mp, x: mp.erf(_bounded(mp, x)),
    "relu": lambda mp, x: max(x, mp.zero),
    "identity": lambda mp, x: x,
}


def quotient(function: str, x: int, scale: float, unit: float, low: int, high: int) -> float:
    """``function(x · scale) / unit``, clipped, in float64."""
    return float(next(_quotients(function, x, scale, unit, low, high))[0])


def nearest(function: str, x: int, scale: float, unit: float, low: int, high: int) -> int:
    """The integer nearest to ``function(x · scale) / unit``, clipped; halves to the even one.

    What 290 digits do not tell from a half counts as one.
    """
    below = 0
    for value, doubt in _quotients(function, x, scale, unit, low, high):
        below = int(value.context.floor(value))
        distance = value - below - 0.5
        if abs(distance) > doubt:
            return below + int(distance > 0)
    return below + below % 2


def _quotients(
    function: str, x: int, scale: float, unit: float, low: int, high: int
) -> Iterator[tuple[Any, Any]]:
    for mp in _CONTEXTS:
        value = FUNCTIONS[function](mp, mp.mpf(scale) * x) / mp.mpf(unit)
        clipped = min(max(value, mp.mpf(low)), mp.mpf(high))
        yield clipped, (1 + abs(clipped)) * mp.mpf(10) ** (10 - mp.dps)


def _bounded(mp: Any, x: Any) -> Any:
    # Beyond this the error function is at its limit to more digits than any context has.
    return min(max(x, mp.mpf(-(10**6))), mp.mpf(10**6))


def _sigmoid(mp: Any, x: Any) -> Any:
    # The form in which no digit is lost.
    return 1 / (1 + mp.exp(-x)) if x >= 0 else mp.exp(x) / (1 + mp.exp(x))
