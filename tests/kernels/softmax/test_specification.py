# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The numbers of a softmax."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.softmax.specification import SoftmaxSpecification


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


def test_hardware_agrees_with_the_real_softmax_to_half_a_unit():
    parameters = SoftmaxSpecification(size=64, simd=1)
    rows = np.random.default_rng(1).integers(-128, 128, (200, 64))
    powers = np.exp(rows.astype(np.float64) * parameters.input_scale)
    expected = powers / powers.sum(axis=1, keepdims=True) * 256
    assert np.abs(parameters.compute(rows) - expected.clip(max=255)).max() < 0.501


@pytest.mark.parametrize("scale", ["input_scale", "output_scale"])
@pytest.mark.parametrize("value", ["0", "-0.5", "nan", "inf", "-inf"])
def test_a_scale_that_is_not_positive_and_finite_is_an_error(scale, value):
    with pytest.raises(HardwareError, match=f"{scale}=.* is no scale"):
        SoftmaxSpecification.parse({scale: value})


@pytest.mark.parametrize("name", ["FLOAT32", "BIPOLAR", "TERNARY", "FIXED<8,4>", "SCALEDINT<8>"])
@pytest.mark.parametrize("field", ["input_type", "output_type"])
def test_a_type_that_is_no_integer_is_an_error(field, name):
    with pytest.raises(HardwareError, match="is not an integer type"):
        SoftmaxSpecification.parse({field: name})


@pytest.mark.parametrize("name", ["INT1", "UINT1", "BINARY", "INT17"])
@pytest.mark.parametrize("field", ["input_type", "output_type"])
def test_a_width_out_of_range_is_an_error(field, name):
    with pytest.raises(HardwareError, match=r"choose from 2 to 1[06] bits"):
        SoftmaxSpecification.parse({field: name})


@pytest.mark.parametrize("simd", ["0", "-1", "3", "128"])
def test_lanes_that_do_not_divide_the_row_are_an_error(simd):
    with pytest.raises(HardwareError, match=f"simd={simd} does not divide size=64") as raised:
        SoftmaxSpecification.parse({"simd": simd})
    assert "choose one of 1, 2, 4, 8, 16, 32, 64" in str(raised.value)


def test_a_row_of_one_element_takes_the_whole_share_clipped():
    assert (
        SoftmaxSpecification(size=1, simd=1).compute(np.array([[-128], [0], [127]])).tolist() == [[255]] * 3
    )


def test_a_row_of_two_elements_in_one_word_is_shared():
    shares = SoftmaxSpecification(size=2, simd=2).compute(np.array([[5, 5], [127, -128], [16, 0]]))
    assert shares.tolist() == [[128, 128], [255, 0], [187, 69]]


def test_two_bits_of_output_are_rounded_and_clipped_like_many():
    parameters = SoftmaxSpecification(size=4, simd=4, output_type=IntegerType(2, False), output_scale=1 / 4)
    assert parameters.compute(np.array([[0, 0, 0, 0], [90, 0, 0, 0]])).tolist() == [
        [1, 1, 1, 1],
        [3, 0, 0, 0],
    ]


def test_an_output_scale_that_is_too_fine_saturates_what_has_a_share():
    parameters = SoftmaxSpecification(size=4, simd=1, output_type=IntegerType(2, True), output_scale=2.0**-16)
    assert parameters.compute(np.array([[0, 0, 0, 0], [127, -128, -128, -128]])).tolist() == [
        [1] * 4,
        [1, 0, 0, 0],
    ]


def test_an_input_scale_at_either_end_gives_equal_shares_or_one_hot_rows():
    row = np.array([[-128, 0, 1, 127]])
    assert SoftmaxSpecification(size=4, simd=1, input_scale=1e-30).compute(row).tolist() == [[64] * 4]
    assert SoftmaxSpecification(size=4, simd=1, input_scale=3e38).compute(row).tolist() == [[0, 0, 0, 255]]
