# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference of MatMul nodes."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

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


def test_every_product_is_replaced_and_keeps_its_name(make_model, settle, op_counts):
    model = make_model("float[2,2] x", "float[2,2] y", "a = MatMul(x, x) y = MatMul(a, x)", opset=13)
    model.graph.node[1].name = "second"
    inferred, changes = settle(model, InferMatMul())
    assert (changes, op_counts(inferred)) == (2, {"kernel.MatMul": 2})
    assert inferred.graph.node[1].name == "second"


WORDS = {"s": 0.25, "t": 0.5, "zero": 0.0, "eight": 8.0}


def test_scales_move_behind_the_product_of_integers(make_model, quantise, settle, run, op_counts, rng):
    body = f"q = {quantise('x', 's')} v = {quantise('w', 't')} t2 = Transpose(v) y = MatMul(q, t2)"
    weights = rng.standard_normal((3, 8)) * 10
    model = make_model("float[4,8] x", "float[4,3] y", body, w=weights, **WORDS)
    inferred, changes = settle(model, InferMatMul())
    assert (changes, op_counts(inferred)) == (1, {"kernel.MatMul": 1, "Quant": 1, "Div": 1, "Mul": 1})
    node = next(node for node in inferred.graph.node if node.op_type == "MatMul")
    op = getCustomOp(node)
    assert (op.get_nodeattr("inputDataType"), op.get_nodeattr("weightDataType")) == ("INT8", "INT8")
    assert inferred.get_tensor_datatype(node.output[0]).is_integer()
    x = rng.standard_normal((4, 8)).astype(np.float32) * 10
    # Scales that are powers of two leave nothing to round.
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


def test_a_product_of_two_quantised_activations_is_one_of_integers(
    make_model, quantise, settle, run, op_counts, rng
):
    body = f"q = {quantise('x', 's')} p = Transpose(q) y = MatMul(q, p)"
    model = make_model("float[4,8] x", "float[4,4] y", body, **WORDS | {"s": 0.3})
    inferred, _ = settle(model, InferMatMul())
    assert op_counts(inferred) == {"kernel.MatMul": 1, "Quant": 1, "Div": 1, "Transpose": 1, "Mul": 1}
    x = rng.standard_normal((4, 8)).astype(np.float32) * 20
    np.testing.assert_allclose(run(inferred, x=x)[0], run(model, x=x)[0], rtol=1e-6, atol=1e-4)


def test_a_scale_for_each_column_of_the_weights_follows_the_product(make_model, quantise, settle, run, rng):
    body = f"q = {quantise('x', 's')} v = {quantise('w', 'each')} y = MatMul(q, v)"
    words = WORDS | {"w": rng.standard_normal((8, 3)), "each": np.asarray([0.25, 0.5, 0.125])}
    model = make_model("float[4,8] x", "float[4,3] y", body, **words)
    transformation = InferMatMul()
    inferred, _ = settle(model, transformation)
    assert transformation.left == {}
    x = rng.standard_normal((4, 8)).astype(np.float32) * 10
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


@pytest.mark.parametrize(
    ("body", "constants", "reason"),
    [
        ("q = {q} y = MatMul(q, w)", {}, "not quantised"),
        ("q = {q} v = {rows} y = MatMul(q, v)", {"rows": np.full((8, 1), 0.5)}, "for each row"),
        ("q = {shifted} v = {v} y = MatMul(q, v)", {"three": 3.0}, "zero point"),
    ],
)
def test_operands_that_stay_floats_have_a_reason(
    body, constants, reason, make_model, quantise, settle, run, rng
):
    texts = {
        "q": quantise("x", "s"),
        "v": quantise("w", "t"),
        "rows": quantise("w", "rows"),
        "shifted": quantise("x", "s", zero="three"),
    }
    words = WORDS | {"w": rng.standard_normal((8, 3))} | constants
    model = make_model("float[4,8] x", "float[4,3] y", body.format(**texts), **words)
    if "rows" in constants:
        model.set_initializer("rows", np.linspace(0.1, 0.8, 8, dtype=np.float32).reshape(8, 1))
    transformation = InferMatMul()
    inferred, changes = settle(model, transformation)
    assert changes == 1
    assert reason in next(iter(transformation.left.values()))
    x = rng.standard_normal((4, 8)).astype(np.float32)
    np.testing.assert_allclose(run(inferred, x=x)[0], run(model, x=x)[0], rtol=1e-5, atol=1e-5)


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
