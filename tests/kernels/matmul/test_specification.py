# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The numbers of a matrix product."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from brainsmith_kernels.matmul.specification import float_matmul, integer_matmul

MATRICES = st.tuples(*[st.integers(1, 5)] * 3).flatmap(
    lambda sizes: st.tuples(
        st_numpy.arrays(np.int64, (2, *sizes[:2]), elements=st.integers(-200, 200)),
        st_numpy.arrays(np.int64, sizes[1:], elements=st.integers(-200, 200)),
    )
)


@given(MATRICES)
def test_integers_are_multiplied_exactly(operands):
    a, b = operands
    product = integer_matmul(a.astype(np.float32), b.astype(np.float32))
    assert product.dtype == np.float32
    np.testing.assert_array_equal(product, a @ b)


@pytest.mark.parametrize("bits", [12, 26, 28, 30, 31, 40])
def test_sums_are_exact_at_any_size_until_the_container_rounds_them(bits):
    # One more than a power of two, which float32 would lose in the middle of the sum.
    a = np.asarray([[2.0**bits, 1.0, -(2.0**bits)]], dtype=np.float64)
    b = np.asarray([[2.0**bits], [7.0], [2.0**bits]], dtype=np.float64)
    assert integer_matmul(a, b).item() == 7.0


def test_a_sum_beyond_the_container_is_the_nearest_float32():
    a = np.full((1, 3), 2**12 + 1, dtype=np.float32)
    exact = 3 * (2**12 + 1) ** 2
    assert integer_matmul(a, a.T).item() == float(np.float32(exact)) != exact


@pytest.mark.parametrize("fault", [0.5, np.inf, np.nan])
def test_an_operand_that_is_not_all_integers_is_refused(fault):
    with pytest.raises(ValueError, match="annotated as integer holds a fraction"):
        integer_matmul(np.asarray([[1.0, fault]]), np.ones((2, 1)))


def test_floats_are_rounded_once():
    a = np.asarray([[2.0**24, 1.0, -(2.0**24)]], dtype=np.float32)
    assert float_matmul(a, np.ones((3, 1), dtype=np.float32)).item() == 1.0


def test_batches_broadcast_as_in_numpy(rng):
    a = rng.standard_normal((2, 1, 3, 4)).astype(np.float32)
    b = rng.standard_normal((5, 4, 6)).astype(np.float32)
    expected = np.matmul(a.astype(np.float64), b.astype(np.float64))
    np.testing.assert_array_equal(float_matmul(a, b), expected.astype(np.float32))
