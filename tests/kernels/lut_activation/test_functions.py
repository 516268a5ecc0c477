# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The elementwise functions, rounded beyond doubt."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import pytest

from brainsmith_kernels.lut_activation.functions import FUNCTIONS, nearest, quotient

#: The same functions in float64, from the definitions.
FLOAT64 = {
    "gelu": lambda x: 0.5 * x * (1 + math.erf(x / math.sqrt(2))),
    "gelu_tanh": lambda x: 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "exp": math.exp,
    "erf": math.erf,
    "relu": lambda x: max(x, 0.0),
    "identity": lambda x: x,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_is_the_one_of_its_name(name):
    for x in range(-40, 41):
        found = quotient(name, x, 1 / 16, 1.0, -100, 100)
        assert found == pytest.approx(FLOAT64[name](x / 16), abs=1e-14)


def test_what_float64_cannot_tell_from_a_half_is_rounded_as_it_is():
    # gelu(15) is less than 15 by 6e-50, and so less than seven and a half units of 2.
    assert float(mpmath.mpf(15) / 2 * mpmath.erfc(-15 / mpmath.sqrt(2))) == 15.0
    assert nearest("gelu", 15, 1.0, 2.0, -128, 127) == 7
    # What is a half goes to the even neighbour.
    assert nearest("identity", 15, 1.0, 2.0, -128, 127) == 8
    assert nearest("identity", -15, 1.0, 2.0, -128, 127) == -8


def test_halves_are_found_whatever_the_scales():
    scale, unit = 0.1, 0.3
    for x in range(-128, 128):
        exact = Fraction(scale) * x / Fraction(unit)
        assert nearest("identity", x, scale, unit, -128, 127) == round(exact)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("scale", [1e-45, 3e38])
@pytest.mark.parametrize("unit", [1e-45, 3e38])
def test_scales_at_the_ends_of_float32_saturate(name, scale, unit):
    for x in (-128, 0, 127):
        assert -8 <= nearest(name, x, scale, unit, -8, 7) <= 7
