# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Divisions by constants, for a qonnx that does not convert them itself."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.transforms.convert_div_to_mul import ConvertDivToMul


def test_a_division_by_a_constant_becomes_a_product(make_model, settle, run, reference, op_counts, rng):
    divisors = np.asarray([3.0, -0.25, 1e20, 7.0])
    model = make_model("float[2,4] x", "float[2,4] y", "y = Div(x, c)", opset=13, c=divisors)
    converted, changes = settle(model, ConvertDivToMul())
    assert (changes, op_counts(converted)) == (1, {"Mul": 1})
    x = rng.standard_normal((2, 4)).astype(np.float32)
    np.testing.assert_allclose(run(converted, x=x)[0], reference(model, x=x)[0], rtol=2e-7)


def test_a_constant_that_others_read_stays_as_it_is(make_model, settle, run, rng):
    model = make_model(
        "float[2] x", "float[2] y", "a = Div(x, c) y = Add(a, c)", opset=13, c=np.asarray([2.0, 4.0])
    )
    converted, _ = settle(model, ConvertDivToMul())
    np.testing.assert_array_equal(run(converted, x=np.asarray([2, 4], np.float32))[0], [3, 5])


@pytest.mark.parametrize(
    ("kind", "body", "divisor"),
    [
        ("float", "y = Div(x, c)", np.asarray([1.0, 0.0])),
        ("float", "y = Div(x, c)", np.asarray([1.0, np.inf])),
        ("float", "y = Div(x, c)", np.asarray([1.0, 2e38])),
        ("float", "y = Div(c, x)", np.asarray([1.0, 2.0])),
        ("float", "y = Div(x, x)", np.asarray([1.0, 2.0])),
        ("int64", "y = Div(x, c)", np.asarray([1, 2])),
    ],
    ids=["zero", "infinite", "subnormal reciprocal", "constant above", "no constant", "integers"],
)
def test_what_has_no_exact_enough_reciprocal_is_left(kind, body, divisor, make_model, settle):
    model = make_model(f"{kind}[2] x", f"{kind}[2] y", body, opset=13, c=divisor)
    _, changes = settle(model, ConvertDivToMul())
    assert changes == 0
