# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference of the integer RMSNorm."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.layernorm.infer import InferLayerNorm
from brainsmith_kernels.rmsnorm.infer import InferRMSNorm

FORMS = {
    "quotient": "e = Pow(q, two) v = ReduceMean<axes = [-1]>(e) g = Add(v, eps) r = Sqrt(g) n = Div(q, r)",
    "reciprocal": """e = Mul(q, q) v = ReduceMean<axes = [-1]>(e) g = Add(eps, v) r = Sqrt(g)
        i = Reciprocal(r) n = Mul(i, q)""",
    "one over": """e = Pow(q, two) v = ReduceMean<axes = [-1]>(e) g = Add(v, eps) r = Pow(g, half)
        i = Div(one, r) n = Mul(q, i)""",
}
WORDS = {"s": 1 / 8, "t": 1 / 32, "zero": 0.0, "eight": 8.0, "eps": 1e-3}
POWERS = {"quotient": {"two": 2.0}, "reciprocal": {}, "one over": {"two": 2.0, "half": 0.5, "one": 1.0}}


@pytest.mark.parametrize("form", FORMS)
def test_a_written_out_normalisation_becomes_integers_and_a_scale(
    form, make_model, quantise, settle, run, op_counts, rng
):
    body = f"q = {quantise('x', 's')} {FORMS[form]} y = {quantise('n', 't')}"
    model = make_model("float[9,16] x", "float[9,16] y", body, opset=11, **WORDS | POWERS[form])
    inferred, changes = settle(model, InferRMSNorm())
    assert (changes, op_counts(inferred)) == (1, {"kernel.IntRMSNorm": 1, "Quant": 1, "Div": 1, "Mul": 1})
    x = rng.standard_normal((9, 16)).astype(np.float32) * 4
    x[0] = 0
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


def test_a_gain_stays_behind_a_finer_output(make_model, quantise, settle, run, op_counts, rng):
    form = FORMS["quotient"].replace("n =", "h =") + " n = Mul(h, gain)"
    body = f"q = {quantise('x', 's')} {form} y = {quantise('n', 't')}"
    words = WORDS | {"two": 2.0, "gain": rng.uniform(0.5, 2, 16)}
    model = make_model("float[9,16] x", "float[9,16] y", body, opset=11, **words)
    inferred, _ = settle(model, InferRMSNorm())
    assert op_counts(inferred) == {"kernel.IntRMSNorm": 1, "Quant": 2, "Div": 1, "Mul": 2}
    x = rng.standard_normal((9, 16)).astype(np.float32) * 4
    difference = np.abs(run(inferred, x=x)[0] - run(model, x=x)[0]) * 32
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.01


@pytest.mark.parametrize("gain", [1.0, 1.5])
def test_ONNX_s_own_operator_is_found(gain, make_model, quantise, settle, run, op_counts, rng):
    body = f"q = {quantise('x', 's')} n = RMSNormalization<axis = 1>(q, gain) y = {quantise('n', 't')}"
    words = {name: value for name, value in WORDS.items() if name != "eps"}
    model = make_model(
        "float[9,16] x", "float[9,16] y", body, opset=23, gain=np.full(16, gain), infer=False, **words
    )
    model.set_tensor_shape("q", [9, 16])
    model.set_tensor_shape("n", [9, 16])
    inferred, changes = settle(model, InferRMSNorm())
    assert (changes, op_counts(inferred)["kernel.IntRMSNorm"]) == (1, 1)
    x = rng.standard_normal((9, 16)).astype(np.float32) * 4
    wide = np.round(np.clip(x.astype(np.float64) * 8, -128, 127)) / 8
    root = np.sqrt(np.square(wide).mean(axis=-1, keepdims=True) + 1e-5)
    expected = np.clip(wide / root * gain * 32, -128, 127)
    assert np.abs(run(inferred, x=x)[0] * 32 - expected).max() <= 0.5 + 2e-4


def test_a_zero_point_of_the_input_is_left_with_a_reason(make_model, quantise, settle):
    transformation = InferRMSNorm()
    body = f"q = {quantise('x', 's', zero='three')} {FORMS['reciprocal']} y = {quantise('n', 't')}"
    model = make_model("float[9,16] x", "float[9,16] y", body, opset=11, three=3.0, **WORDS)
    assert settle(model, transformation)[1] == 0
    assert "zero point" in next(iter(transformation.left.values()))


def test_the_end_of_a_layer_normalisation_is_none(make_model, quantise, settle):
    written_out = """m = ReduceMean<axes = [-1]>(q) d = Sub(q, m) e = Pow(d, two)
        v = ReduceMean<axes = [-1]>(e) g = Add(v, eps) r = Sqrt(g) n = Div(d, r)"""
    body = f"q = {quantise('x', 's')} {written_out} y = {quantise('n', 't')}"
    model = make_model("float[9,16] x", "float[9,16] y", body, opset=11, two=2.0, **WORDS)
    transformation = InferRMSNorm()
    assert settle(model, transformation)[1] == 0
    assert transformation.left == {}
    assert settle(model, InferLayerNorm())[1] == 1
