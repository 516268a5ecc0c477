# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The table of an elementwise function."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.hardware.integer_type import INT8, UINT8, IntegerType
from brainsmith_kernels.lut_activation.functions import FUNCTIONS
from brainsmith_kernels.lut_activation.rtl import LutActivationRTL
from brainsmith_kernels.lut_activation.specification import LutActivationSpecification

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


@pytest.mark.parametrize("scale", ["input_scale", "output_scale"])
@pytest.mark.parametrize("value", ["0", "-0.5", "nan", "inf", "-inf"])
def test_a_scale_that_is_not_positive_and_finite_is_an_error(scale, value):
    with pytest.raises(HardwareError, match=f"{scale}=.* is no scale"):
        LutActivationSpecification.parse({scale: value})


@pytest.mark.parametrize("name", ["FLOAT32", "BIPOLAR", "TERNARY", "FIXED<8,4>", "SCALEDINT<8>"])
@pytest.mark.parametrize("field", ["input_type", "output_type"])
def test_a_type_that_is_no_integer_is_an_error(field, name):
    with pytest.raises(HardwareError, match="is not an integer type"):
        LutActivationSpecification.parse({field: name})


@pytest.mark.parametrize("simd", ["0", "-1", "3", "128"])
def test_lanes_that_do_not_divide_the_row_are_an_error(simd):
    with pytest.raises(HardwareError, match=f"simd={simd} does not divide size=64"):
        LutActivationSpecification.parse({"simd": simd})


@pytest.mark.parametrize(("name", "inputs"), [("BINARY", (0, 1)), ("UINT1", (0, 1)), ("INT1", (-1, 0))])
def test_one_bit_has_a_table_of_two_entries(name, inputs):
    given = {"function": "identity", "input_scale": "1", "output_scale": "1", "size": "2", "simd": "1"}
    parameters = LutActivationSpecification.parse({**given, "input_type": name, "output_type": "INT2"})
    assert parameters.values() == inputs
    assert parameters.compute(np.array([inputs])).tolist() == [list(inputs)]


def test_an_output_of_one_bit_is_clipped_like_any_other():
    steps = make(function="identity", input_scale=1.0, output_scale=1.0, output_type=IntegerType(1, False))
    assert steps.values() == (0,) * 129 + (1,) * 127


def test_an_output_scale_at_either_end_gives_zeros_or_saturates():
    assert set(make(output_scale=3e38).values()) == {0}
    assert set(make(output_scale=1e-45).values()) == {-128, 0, 127}


def test_the_hardware_is_right_for_one_bit_and_one_element(tmp_path):
    given = {"size": "1", "simd": "1", "input_type": "INT1", "output_type": "UINT1"}
    parameters = LutActivationRTL.parse(
        {**given, "function": "sigmoid", "input_scale": "1", "output_scale": "0.4"}
    )
    result = LutActivationRTL.simulate(parameters, rows=40, stall=0.3, seed=1, folder=tmp_path)
    assert result.faults == ()
