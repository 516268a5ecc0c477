# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The numbers of a GELU."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_kernels.gelu.specification import gelu

FLOATS = st.floats(-30, 30, width=32)


@given(FLOATS)
def test_it_is_the_input_times_the_normal_distribution(x):
    expected = x * NormalDist().cdf(x)
    assert gelu(np.asarray([x], np.float32)).item() == pytest.approx(expected, rel=1e-6, abs=1e-15)


@given(FLOATS)
def test_a_pair_of_opposite_inputs_differs_by_the_input(x):
    pair = gelu(np.asarray([x, -x], np.float32)).astype(np.float64)
    assert pair[0] - pair[1] == pytest.approx(x, rel=1e-6, abs=1e-6)


@given(FLOATS)
def test_the_tanh_formula_is_near_it(x):
    row = np.asarray([x], np.float32)
    assert gelu(row, "tanh").item() == pytest.approx(gelu(row).item(), abs=5e-4)


def test_the_tanh_formula_is_the_published_one():
    expected = 0.5 * 1.5 * (1 + math.tanh(math.sqrt(2 / math.pi) * (1.5 + 0.044715 * 1.5**3)))
    assert gelu(np.asarray([1.5], np.float32), "tanh").item() == np.float32(expected)


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_the_largest_floats_pass_or_vanish(approximate):
    largest = np.finfo(np.float32).max
    found = gelu(np.asarray([largest, -largest, 0], np.float32), approximate)
    np.testing.assert_array_equal(found, [largest, 0, 0])
