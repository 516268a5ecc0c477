# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Fixed-point arithmetic, compared with Python's integers and fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_kernels.hardware.fixed_point import (
    exponentials,
    rounded,
    rounded_products,
    rounded_root,
    signed_digits,
)

NUMBERS = st.integers(0, 2**80)


@given(st.integers(1, 1 << 20))
def test_signed_digits_add_up_and_no_two_are_adjacent(number):
    digits = signed_digits(number)
    assert sum(sign << exponent for sign, exponent in digits) == number
    exponents = [exponent for _, exponent in digits]
    assert all(upper - lower > 1 for upper, lower in pairwise(exponents))


@given(st.fractions())
def test_rounded_is_the_nearest_with_halves_upwards(value):
    assert Fraction(-1, 2) < rounded(value) - value <= Fraction(1, 2)


@given(st.fractions(min_value=0, max_value=2**90))
def test_rounded_root_is_within_half_of_the_root(value):
    root = rounded_root(value)
    assert (2 * root - 1) ** 2 <= 4 * value < (2 * root + 1) ** 2 or (root == 0 and 4 * value < 1)


@given(st.data(), st.integers(1, 63), st.integers(1, 34))
def test_rounded_products_are_those_of_python_s_integers(data, width, factor_bits):
    bound = 2**factor_bits - 1
    factors = data.draw(st.lists(st.integers(-bound, bound), min_size=1, max_size=5))
    multipliers = data.draw(
        st.lists(st.integers(0, 2**width - 1), min_size=len(factors), max_size=len(factors))
    )
    shift = data.draw(st.integers(max(1, width + factor_bits - 62), width + 20))
    result = rounded_products(np.array(factors, dtype=np.int64)[:, np.newaxis], multipliers, shift)
    exact = [
        math.floor(Fraction(a * b, 2**shift) + Fraction(1, 2))
        for a, b in zip(factors, multipliers, strict=True)
    ]
    assert result[:, 0].tolist() == exact


def test_exponentials_are_the_nearest_integers():
    table = exponentials(1 / 16, 256, 34)
    assert table[0] == 2**34 - 1
    for d in range(256):
        assert abs(table[d] - (2**34 - 1) * math.exp(-d / 16)) < 0.5001


def test_exponentials_fade_to_nothing():
    assert exponentials(1e6, 3, 34) == (2**34 - 1, 0, 0)
