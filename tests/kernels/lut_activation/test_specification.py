# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The table of an elementwise function."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.hardware.integer_type import INT8, UINT8, IntegerType
from brainsmith_kernels.lut_activation.specification import FUNCTIONS, LutActivationSpecification

INPUTS = np.arange(-128, 128)[np.newaxis]


def make(**words):
    return LutActivationSpecification(size=256, simd=1, **words)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_value_is_the_nearest_to_the_function_s(function):
    parameters = make(function=function)
    distance = np.abs(parameters.compute(INPUTS) - parameters.real(INPUTS))
    assert distance.max() <= 0.5


def test_gelu_is_not_monotone_and_its_table_shows_it():
    values = make(output_scale=1 / 128, output_type=IntegerType(16, signed=True)).compute(INPUTS)[0]
    assert values.min() == values[128 - 24] == round(-0.75 * 0.5 * math.erfc(0.75 / math.sqrt(2)) * 128)
    assert values[0] > values.min() < values[128]


def test_halves_go_to_the_even_neighbour():
    halving = make(function="identity", input_scale=1.0, output_scale=2.0)
    inputs, halves = np.array([[1, 3, 5, -1, -3]]), [[0, 2, 2, 0, -2]]
    assert halving.compute(inputs).tolist() == halves


def test_values_are_clipped_to_the_output_s_type():
    doubled = make(function="identity", input_scale=2.0, output_scale=1.0, output_type=UINT8)
    assert (doubled.compute(INPUTS).min(), doubled.compute(INPUTS).max()) == (0, 254)
    assert make(function="exp", input_scale=100.0).compute(INPUTS).max() == 127


def test_a_table_is_taken_as_it_is():
    table = tuple(range(127, -129, -1))
    assert (make(table=table).compute(INPUTS) == -1 - INPUTS).all()
    assert make().with_table().values() == make().values()


def test_the_hardware_s_table_goes_by_the_bits_of_the_input():
    parameters = make(function="identity", input_scale=1.0, output_scale=1.0)
    assert parameters.by_bits() == tuple(range(256))
    unsigned = make(
        function="identity", input_scale=1.0, output_scale=1.0, input_type=UINT8, output_type=UINT8
    )
    assert unsigned.by_bits() == tuple(range(256))


@pytest.mark.parametrize(
    ("table", "message"),
    [((1, 2, 3), "3 entries for 256 values"), ((0,) * 255 + (128,), "leaves the range of INT8")],
)
def test_a_table_that_does_not_fit_is_an_error(table, message):
    with pytest.raises(HardwareError, match=message):
        make(table=table, output_type=INT8)
