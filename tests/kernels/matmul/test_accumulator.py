# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The datatype of a sum of products."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qonnx.core.datatype import DataType

from brainsmith_kernels.matmul.accumulator import accumulator_datatype, smallest_integer

NAMES = ["BIPOLAR", "BINARY", "TERNARY", "INT3", "UINT4", "INT8"]


@given(st.integers(-(2**70), 2**70), st.integers(-(2**70), 2**70))
def test_the_smallest_integer_holds_its_bounds_and_none_is_smaller(first, second):
    low, high = min(first, second), max(first, second)
    datatype = smallest_integer(low, high)
    assert datatype.min() <= low
    assert high <= datatype.max()
    if datatype.bitwidth() > 2:
        prefix = "INT" if datatype.signed() else "UINT"
        narrower = DataType[f"{prefix}{datatype.bitwidth() - 1}"]
        assert low < narrower.min() or high > narrower.max()


@pytest.mark.parametrize(("left", "right"), list(itertools.product(NAMES, NAMES)))
def test_the_bounds_of_two_activations_are_those_of_their_datatypes(left, right):
    a, b = DataType[left], DataType[right]
    reach = [int(x * y) * 6 for x in (a.min(), a.max()) for y in (b.min(), b.max())]
    assert accumulator_datatype(a, b, 6) == smallest_integer(min(reach), max(reach))


@given(st.lists(st.lists(st.integers(-8, 7), min_size=3, max_size=3), min_size=1, max_size=3))
def test_the_bounds_of_weights_are_those_that_some_input_reaches(columns):
    weights = np.asarray(columns, dtype=np.float32).T
    inputs = np.asarray(list(itertools.product((-2, 1), repeat=3)), dtype=np.float32)
    sums = inputs @ weights
    expected = smallest_integer(int(sums.min()), int(sums.max()))
    assert accumulator_datatype(DataType["INT2"], DataType["INT4"], 3, weights) == expected


def test_bounds_beyond_64_bits_are_exact():
    wide = DataType["INT32"]
    weights = np.full((4, 1), -(2**31), dtype=np.float64)
    assert accumulator_datatype(wide, wide, 4, weights) == DataType["INT66"]
