# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The numbers of a softmax."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.softmax.specification import SoftmaxSpecification, softmax

ROWS = st_numpy.arrays(
    np.float32, (3, 9), elements=st.floats(width=32, allow_nan=False, allow_infinity=False)
)


@given(ROWS)
def test_each_row_is_a_distribution(x):
    y = softmax(x)
    assert y.dtype == np.float32
    assert (y >= 0).all()
    np.testing.assert_allclose(y.astype(np.float64).sum(axis=-1), 1, rtol=1e-6)


@given(ROWS)
def test_a_larger_input_never_has_a_smaller_share(x):
    y = softmax(x)
    order = np.argsort(x, axis=-1)
    assert (np.diff(np.take_along_axis(y, order, axis=-1), axis=-1) >= 0).all()


@given(st.lists(st.integers(-128, 127), min_size=1, max_size=40))
def test_integers_agree_with_a_sum_free_of_rounding(row):
    powers = [math.exp(value - max(row)) for value in row]
    expected = [power / math.fsum(powers) for power in powers]
    np.testing.assert_allclose(softmax(np.asarray(row, np.float32)), expected, rtol=1e-6, atol=1e-45)


def test_a_constant_row_is_uniform():
    np.testing.assert_array_equal(softmax(np.full((1, 8), 3e38, dtype=np.float32)), 0.125)


def test_a_row_with_one_input_far_above_the_others_is_one_hot():
    np.testing.assert_array_equal(softmax(np.asarray([0, 3e38, -3e38], np.float32)), [0, 1, 0])


def test_minus_infinity_takes_no_share():
    np.testing.assert_array_equal(softmax(np.asarray([0, -np.inf, 0], np.float32)), [0.5, 0, 0.5])


def test_a_row_of_nothing_but_minus_infinity_is_undefined():
    assert np.isnan(softmax(np.full(4, -np.inf, dtype=np.float32))).all()


@st.composite
def integer_rows(draw):
    type_ = IntegerType(draw(st.integers(2, 8)), draw(st.booleans()))
    parameters = SoftmaxSpecification(
        size=9,
        simd=1,
        input_type=type_,
        output_type=IntegerType(draw(st.integers(3, 16)), draw(st.booleans())),
        input_scale=draw(st.floats(2**-10, 4)),
        output_scale=draw(st.floats(2**-16, 0.5)),
    )
    elements = st.integers(type_.minimum, type_.maximum)
    return parameters, np.array(
        draw(st.lists(st.lists(elements, min_size=9, max_size=9), min_size=1, max_size=5))
    )


@given(integer_rows())
def test_integers_are_within_half_a_unit_and_the_stated_excess(case):
    parameters, rows = case
    distance = np.abs(parameters.compute(rows) - parameters.real(rows)).max()
    assert distance <= 0.5 + parameters.excess + 1e-9
    assert parameters.excess < 1e-5


@given(integer_rows())
def test_integers_are_what_python_s_exact_arithmetic_gives(case):
    parameters, rows = case
    for row, result in zip(rows.tolist(), parameters.compute(rows).tolist(), strict=True):
        powers = [parameters.table[max(row) - x] for x in row]
        reciprocal = parameters.dividend // sum(powers)
        half = 1 << (parameters.shift - 1)
        exact = [(power * reciprocal + half) >> parameters.shift for power in powers]
        assert result == [min(value, parameters.output_type.maximum) for value in exact]


def test_an_equal_row_shares_alike_also_if_every_element_is_masked():
    parameters = SoftmaxSpecification(size=64, simd=1)
    for level in (-128, 0, 127):
        assert set(parameters.compute(np.full((1, 64), level))[0]) == {4}


def test_hardware_agrees_with_the_float_kernel_to_half_a_unit():
    parameters = SoftmaxSpecification(size=64, simd=1)
    rows = np.random.default_rng(1).integers(-128, 128, (200, 64))
    expected = softmax((rows * parameters.input_scale).astype(np.float32)) * 256
    assert np.abs(parameters.compute(rows) - expected.clip(max=255)).max() < 0.501
