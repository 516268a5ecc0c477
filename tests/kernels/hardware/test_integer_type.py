# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Integer types, by QONNX's names."""

from __future__ import annotations

import pytest
from qonnx.core.datatype import DataType

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.hardware.integer_type import IntegerType


@pytest.mark.parametrize("name", ["INT2", "INT8", "UINT1", "UINT7", "INT16"])
def test_a_name_means_what_qonnx_means_by_it(name):
    own, qonnx = IntegerType.parse(name), DataType[name]
    assert (own.minimum, own.maximum, own.bits) == (qonnx.min(), qonnx.max(), qonnx.bitwidth())
    assert str(own) == name


@pytest.mark.parametrize("name", ["FLOAT32", "BIPOLAR", "TERNARY", "FIXED<8,4>", "INT0", "", "int8"])
def test_what_is_no_integer_type_is_an_error(name):
    with pytest.raises(HardwareError, match="is not an integer type"):
        IntegerType.parse(name)


def test_the_magnitude_is_the_greatest_absolute_value():
    assert [IntegerType.parse(name).magnitude for name in ("INT8", "UINT8")] == [128, 255]


def test_qonnx_s_name_for_one_unsigned_bit_is_understood():
    assert IntegerType.parse(DataType["UINT1"].name) == IntegerType.parse("UINT1")


@pytest.mark.parametrize("name", ["BIPOLAR", "TERNARY"])
def test_a_type_whose_values_an_integer_type_has_says_which(name):
    with pytest.raises(HardwareError, match="annotate it as INT2, which has all its values"):
        IntegerType.parse(name)
