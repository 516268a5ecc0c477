# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The numbers of a softmax."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

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
