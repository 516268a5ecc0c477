# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference of MatMul nodes."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.matmul.infer import InferMatMul


@pytest.mark.parametrize(
    ("x", "w", "y"),
    [
        ("2,8", "8,3", "2,3"),
        ("4,2,8", "8,3", "4,2,3"),
        ("4,2,8", "4,8,3", "4,2,3"),
        ("2,1,5,8", "3,8,6", "2,3,5,6"),
    ],
)
def test_a_product_of_two_activations_keeps_its_values(
    x, w, y, make_model, settle, run, reference, op_counts, rng
):
    model = make_model(f"float[{x}] x, float[{w}] w", f"float[{y}] y", "y = MatMul(x, w)", opset=13)
    inferred, changes = settle(model, InferMatMul())
    assert (changes, op_counts(inferred)) == (1, {"kernel.MatMul": 1})
    inputs = {
        name: rng.standard_normal([int(size) for size in shape.split(",")]).astype(np.float32)
        for name, shape in (("x", x), ("w", w))
    }
    expected = reference(model, **inputs)
    np.testing.assert_allclose(run(inferred, **inputs)[0], expected[0], rtol=1e-5, atol=1e-5)


def test_every_product_is_replaced_in_one_pass_and_keeps_its_name(make_model, settle, op_counts):
    model = make_model("float[2,2] x", "float[2,2] y", "a = MatMul(x, x) y = MatMul(a, x)", opset=13)
    model.graph.node[1].name = "second"
    inferred, changes = settle(model, InferMatMul())
    assert (changes, op_counts(inferred)) == (1, {"kernel.MatMul": 2})
    assert inferred.graph.node[1].name == "second"


@pytest.mark.parametrize(
    ("inputs", "output"),
    [
        ("float[8] x, float[8,3] w", "float[3] y"),
        ("float[N,8] x, float[8,3] w", "float[N,3] y"),
        ("double[2,8] x, double[8,3] w", "double[2,3] y"),
        ("int32[2,8] x, int32[8,3] w", "int32[2,3] y"),
    ],
    ids=["vector", "unknown dimension", "double", "integer container"],
)
def test_what_the_kernel_cannot_do_is_left(inputs, output, make_model, settle, op_counts):
    model = make_model(inputs, output, "y = MatMul(x, w)", opset=13)
    left, changes = settle(model, InferMatMul())
    assert (changes, op_counts(left)) == (0, {"MatMul": 1})
