# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The numbers of a normalisation."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.layernorm.specification import LayerNormSpecification, layer_norm
from brainsmith_kernels.rmsnorm.specification import RMSNormSpecification

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


@st.composite
def integer_rows(draw):
    type_ = IntegerType(draw(st.integers(2, 16)), draw(st.booleans()))
    size = draw(st.integers(2, 40))
    specification = draw(st.sampled_from([LayerNormSpecification, RMSNormSpecification]))
    parameters = specification(
        size=size,
        simd=1,
        input_type=type_,
        output_type=IntegerType(draw(st.integers(3, 16)), draw(st.booleans())),
        input_scale=draw(st.floats(2**-8, 4)),
        output_scale=draw(st.floats(2**-12, 1)),
        epsilon=draw(st.sampled_from([0.0, 1e-12, 1e-5, 0.1])),
    )
    row = st.lists(st.integers(type_.minimum, type_.maximum), min_size=size, max_size=size)
    return parameters, np.array(draw(st.lists(row, min_size=1, max_size=4)))


@given(integer_rows())
def test_integers_are_within_half_a_unit_and_the_stated_excess(case):
    parameters, rows = case
    distance = np.abs(parameters.compute(rows) - parameters.real(rows)).max()
    assert distance <= 0.5 + parameters.excess + 1e-9
    assert parameters.excess < 1e-7


@given(integer_rows())
def test_integers_are_what_python_s_exact_arithmetic_gives(case):
    parameters, rows = case
    low, high = parameters.output_type.minimum, parameters.output_type.maximum
    for row, result in zip(rows.tolist(), parameters.compute(rows).tolist(), strict=True):
        mean = sum(row) if parameters.centred else 0
        factor = parameters.size if parameters.centred else 1
        square = factor * sum(x * x for x in row) - mean**2
        radicand = (square << parameters.fraction_bits) + parameters.radicand_epsilon
        root = math.isqrt(radicand << 2 * parameters.extra_bits)
        reciprocal = parameters.dividend // root if root else 0
        half = 1 << (parameters.shift - 1)
        exact = [((factor * x - mean) * reciprocal + half) >> parameters.shift for x in row]
        assert result == [min(max(value, low), high) for value in exact]
        assert root.bit_length() <= parameters.root_bits
        assert square == 0 or reciprocal.bit_length() <= parameters.reciprocal_bits


@pytest.mark.parametrize("epsilon", [0.0, 1e-5])
def test_a_row_without_variance_gives_zeros(epsilon):
    parameters = LayerNormSpecification(size=8, simd=1, epsilon=epsilon)
    assert not parameters.compute(np.array([[5] * 8, [-128] * 8, [0] * 8])).any()
    assert not RMSNormSpecification(size=8, simd=1, epsilon=epsilon).compute(np.zeros((1, 8), int)).any()


def test_hardware_agrees_with_the_float_kernel_to_half_a_unit():
    parameters = LayerNormSpecification(size=64, simd=1)
    rows = np.random.default_rng(1).integers(-128, 128, (200, 64))
    expected = layer_norm((rows * parameters.input_scale).astype(np.float32), parameters.epsilon) * 32
    assert np.abs(parameters.compute(rows) - expected.clip(-128, 127)).max() < 0.501
