# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The numbers of a normalisation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from brainsmith_kernels.layernorm.specification import layer_norm

ROWS = st_numpy.arrays(np.float32, (2, 16), elements=st.floats(-1000, 1000, width=32))


@given(ROWS)
def test_rows_come_out_with_mean_zero_and_at_most_unit_variance(x):
    y = layer_norm(x, 1e-5).astype(np.float64)
    assert np.abs(y.mean(axis=-1)).max() < 1e-6
    assert y.var(axis=-1).max() < 1 + 1e-6


@given(ROWS)
def test_doubling_and_shifting_a_row_change_nothing_if_epsilon_is_four_times_as_large(x):
    whole = np.rint(x)
    shifted = layer_norm(whole * 2 + 64, 4e-5)
    np.testing.assert_allclose(shifted, layer_norm(whole, 1e-5), rtol=1e-6, atol=1e-6)


@given(st_numpy.arrays(np.int64, 8, elements=st.integers(-128, 127)))
def test_integers_agree_with_exact_arithmetic_to_the_last_bit_of_float32(row):
    values = [Fraction(int(value)) for value in row]
    mean = sum(values) / 8
    variance = sum((value - mean) ** 2 for value in values) / 8
    # Squared, so that no root has to be taken: y² = d² / (variance + epsilon).
    epsilon = Fraction(1, 1024)
    y = layer_norm(row.astype(np.float32), 1 / 1024)
    for value, found in zip(values, y.tolist(), strict=True):
        exact = (value - mean) ** 2 / (variance + epsilon)
        assert abs(Fraction(found) ** 2 - exact) <= exact * Fraction(1, 2**22)


@pytest.mark.parametrize("value", [0.0, 1.0, -3.7e4, 1e30])
def test_a_constant_row_is_zero(value):
    np.testing.assert_array_equal(layer_norm(np.full((1, 64), value, dtype=np.float32), 1e-5), 0)


def test_a_one_hot_row_has_its_closed_form():
    x = np.zeros(100, dtype=np.float32)
    x[3] = 1
    deviation = np.sqrt(0.01 * 0.99 + 1e-5)
    np.testing.assert_allclose(layer_norm(x, 1e-5)[[3, 4]], [0.99 / deviation, -0.01 / deviation], rtol=1e-6)


def test_the_largest_floats_do_not_overflow():
    largest = np.finfo(np.float32).max
    np.testing.assert_array_equal(layer_norm(np.asarray([largest, -largest], np.float32), 1e-5), [1, -1])
