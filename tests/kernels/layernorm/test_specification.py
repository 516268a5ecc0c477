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

from brainsmith_core.errors import HardwareError
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


BOTH = pytest.mark.parametrize("specification", [LayerNormSpecification, RMSNormSpecification])


@BOTH
@pytest.mark.parametrize("scale", ["input_scale", "output_scale"])
@pytest.mark.parametrize("value", ["0", "-0.5", "nan", "inf", "-inf"])
def test_a_scale_that_is_not_positive_and_finite_is_an_error(specification, scale, value):
    with pytest.raises(HardwareError, match=f"{scale}=.* is no scale"):
        specification.parse({scale: value})


@BOTH
@pytest.mark.parametrize("value", ["-1e-5", "nan", "inf"])
def test_an_epsilon_that_is_negative_or_not_finite_is_an_error(specification, value):
    with pytest.raises(HardwareError, match=r"epsilon=.* is negative or not finite"):
        specification.parse({"epsilon": value})


@BOTH
@pytest.mark.parametrize("name", ["FLOAT32", "BIPOLAR", "TERNARY", "FIXED<8,4>", "SCALEDINT<8>"])
@pytest.mark.parametrize("field", ["input_type", "output_type"])
def test_a_type_that_is_no_integer_is_an_error(specification, field, name):
    with pytest.raises(HardwareError, match="is not an integer type"):
        specification.parse({field: name})


@BOTH
@pytest.mark.parametrize(
    "given", [{"input_type": "BINARY"}, {"input_type": "INT1"}, {"output_type": "UINT1"}]
)
def test_one_bit_is_out_of_range(specification, given):
    with pytest.raises(HardwareError, match="is out of range"):
        specification.parse(given)


@BOTH
@pytest.mark.parametrize("simd", ["0", "-1", "3", "128"])
def test_lanes_that_do_not_divide_the_row_are_an_error(specification, simd):
    with pytest.raises(HardwareError, match=f"simd={simd} does not divide size=64") as raised:
        specification.parse({"simd": simd})
    assert "choose one of 1, 2, 4, 8, 16, 32, 64" in str(raised.value)


@BOTH
def test_a_row_of_one_element_is_an_error(specification):
    with pytest.raises(HardwareError, match="size=1 has no hardware"):
        specification.parse({"size": "1", "simd": "1"})


def test_a_row_of_two_elements_is_plus_and_minus_one():
    parameters = LayerNormSpecification(size=2, simd=2, epsilon=0.0)
    assert parameters.compute(np.array([[3, 5], [127, -128], [7, 7]])).tolist() == [
        [-32, 32],
        [32, -32],
        [0, 0],
    ]


def test_two_bits_are_normalised_like_many():
    two = IntegerType(2, True)
    parameters = LayerNormSpecification(size=4, simd=1, input_type=two, output_type=two, output_scale=1.0)
    assert parameters.compute(np.array([[-2, 1, 1, 0], [1, 1, 1, -2]])).tolist() == [
        [-2, 1, 1, 0],
        [1, 1, 1, -2],
    ]


@BOTH
def test_an_output_scale_at_either_end_gives_zeros_or_saturates(specification):
    row = np.array([[-100, 3, 100, 7]])
    assert not specification(size=4, simd=1, output_scale=256.0).compute(row).any()
    saturated = specification(size=4, simd=1, output_scale=2.0**-24).compute(row)
    assert set(saturated[0].tolist()) == {-128, 127}


def test_the_real_function_does_not_overflow_at_any_scale():
    row = np.array([[-100, 3, 100, 7]])
    for scale in (3e38, 1e-38):
        parameters = LayerNormSpecification(size=4, simd=1, input_scale=scale, epsilon=0.0)
        assert np.abs(parameters.compute(row) - parameters.real(row)).max() <= 0.5
