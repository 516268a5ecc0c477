# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference of the integer LayerNorm."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.layernorm.infer import InferLayerNorm
from brainsmith_kernels.transforms.expand_norms import ExpandNorms
from brainsmith_kernels.transforms.fuse_decomposed_norm import FuseDecomposedNorm

WRITTEN_OUT = """
    m = ReduceMean<axes = [-1]>(q) d = Sub(q, m) e = Pow(d, two) v = ReduceMean<axes = [-1]>(e)
    g = Add(v, eps) r = Sqrt(g) n = Div(d, r)
"""
WORDS = {"s": 1 / 8, "t": 1 / 32, "zero": 0.0, "eight": 8.0}


@pytest.fixture
def between(make_model, quantise):
    """Something between two quantisers, from ``q`` to ``n``."""

    def make(body, *, shape="4,16", opset=17, before=None, after=None, **constants):
        source, result = quantise("x", "s", **(before or {})), quantise("n", "t", **(after or {}))
        text = f"q = {source} {body} y = {result}"
        return make_model(f"float[{shape}] x", f"float[{shape}] y", text, opset=opset, **WORDS | constants)

    return make


def real(x, scale=1.0, bias=0.0, epsilon=1e-5):
    """The normalised rows of what the first quantiser gives, in float64 and units of the second's scale."""
    wide = np.round(np.clip(x.astype(np.float64) * 8, -128, 127)) / 8
    centred = wide - wide.mean(axis=-1, keepdims=True)
    normalised = centred / np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + epsilon)
    return ((normalised * scale + bias) * 32).clip(-128, 127)


def test_a_quantiser_that_follows_directly_becomes_the_kernel_s_output(between, settle, run, op_counts, rng):
    model = between("n = LayerNormalization(q, unit)", unit=np.ones(16))
    inferred, changes = settle(model, InferLayerNorm())
    assert (changes, op_counts(inferred)) == (1, {"kernel.IntLayerNorm": 1, "Quant": 1, "Div": 1, "Mul": 1})
    x = rng.standard_normal((4, 16)).astype(np.float32) * 4
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


@pytest.mark.parametrize("form", ["whole", "expanded", "kernel"])
def test_scale_and_bias_stay_behind_a_finer_output(form, between, settle, run, op_counts, rng):
    scale, bias = rng.uniform(0.5, 2, 16), rng.standard_normal(16)
    model = between("n = LayerNormalization(q, g, b)", shape="500,16", g=scale, b=bias)
    form = {"whole": [], "expanded": [ExpandNorms()], "kernel": [ExpandNorms(to="kernel")]}[form]
    given = model
    for transformation in form:
        given = given.transform(transformation)
    inferred, changes = settle(given, InferLayerNorm())
    expected = {"kernel.IntLayerNorm": 1, "Quant": 2, "Div": 1, "Mul": 2, "Add": 1}
    assert (changes, op_counts(inferred)) == (1, expected)
    node = next(node for node in inferred.graph.node if node.op_type == "IntLayerNorm")
    assert getCustomOp(node).get_nodeattr("outputDataType") == "INT24"
    x = rng.standard_normal((500, 16)).astype(np.float32) * 4
    found = run(inferred, x=x)[0] * 32
    step = getCustomOp(node).get_nodeattr("output_scale")
    # The bound of the docstring, and what float32 rounds of numbers up to 128.
    bound = 0.5 + np.abs(scale).max() * step / 2 * 32 + 2.0**-16
    assert np.abs(found - real(x, scale, bias)).max() <= bound
    assert (found != run(model, x=x)[0] * 32).mean() < 1e-3


def test_the_finer_output_clips_nothing(between, run, op_counts):
    model = between("n = LayerNormalization(q, g)", shape="1,16", g=np.full(16, 0.5)).transform(
        InferLayerNorm()
    )
    x = np.zeros((1, 16), dtype=np.float32)
    x[0, 3] = 1.0
    np.testing.assert_allclose(run(model, x=x)[0] * 32, np.round(real(x, 0.5)), atol=0)


def test_a_row_without_variance_gives_the_bias(between, run):
    model = between("n = LayerNormalization(q, g, b)", g=np.ones(16), b=np.full(16, 0.25))
    x = np.full((4, 16), 3.0, dtype=np.float32)
    np.testing.assert_array_equal(run(model.transform(InferLayerNorm()), x=x)[0], np.float32(0.25))


@pytest.mark.parametrize("fused", [False, True])
def test_a_written_out_normalisation_is_found(fused, between, settle, run, op_counts, rng):
    model = between(WRITTEN_OUT, opset=11, two=2.0, eps=1e-3)
    given = model.transform(FuseDecomposedNorm()) if fused else model
    inferred, changes = settle(given, InferLayerNorm())
    assert (changes, op_counts(inferred)["kernel.IntLayerNorm"]) == (1, 1)
    x = rng.standard_normal((4, 16)).astype(np.float32) * 4
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


@pytest.mark.parametrize(
    "words",
    [
        {"after": {"narrow": 1}},
        {"after": {"mode": "CEIL"}},
        {"after": {"zero": "three"}, "three": 3.0},
        {"t": np.linspace(0.02, 0.05, 16)},
    ],
    ids=["narrow", "rounds up", "zero point", "by channel"],
)
def test_a_quantiser_that_the_kernel_is_not_stays_behind_a_finer_output(
    words, between, settle, run, op_counts, rng
):
    model = between("n = LayerNormalization(q, unit)", unit=np.ones(16), **words)
    inferred, _ = settle(model, InferLayerNorm())
    assert op_counts(inferred) == {"kernel.IntLayerNorm": 1, "Quant": 2, "Div": 1, "Mul": 1}
    x = rng.standard_normal((4, 16)).astype(np.float32) * 4
    assert np.abs(run(inferred, x=x)[0] - run(model, x=x)[0]).max() < 0.06


def test_a_zero_point_of_the_input_cancels_out(between, settle, run, rng):
    model = between(
        "n = LayerNormalization(q, unit)", unit=np.ones(16), before={"zero": "three", "signed": 0}, three=9.0
    )
    inferred, changes = settle(model, InferLayerNorm())
    x = rng.standard_normal((4, 16)).astype(np.float32) * 4
    assert changes == 1
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            {"body": "n = LayerNormalization<axis = 1>(q, unit)", "shape": "2,3,4", "unit": np.ones((3, 4))},
            "last axis",
        ),
        ({"shape": "N,16"}, "fixed batch size"),
        ({"s": np.full(16, 0.1)}, "scale for each channel"),
        ({"body": "h = LayerNormalization(q, unit) n = Relu(h)"}, "read by Relu"),
        ({"body": "h = LayerNormalization(q, unit) n = Add(h, q)"}, "another activation"),
        ({"body": "n = LayerNormalization<epsilon = 1e30>(q, unit)"}, "drowns any variance"),
        ({"s": 0.0}, "not positive"),
    ],
)
def test_what_the_kernel_cannot_do_is_left_with_a_reason(words, reason, between, settle, op_counts):
    transformation = InferLayerNorm()
    words = {"body": "n = LayerNormalization(q, unit)", "unit": np.ones(16)} | words
    left, changes = settle(between(**words), transformation)
    assert (changes, op_counts(left)["LayerNormalization"]) == (0, 1)
    assert reason in next(iter(transformation.left.values()))


def test_without_quantisers_it_stays_a_standard_operator(make_model, settle, op_counts):
    transformation = InferLayerNorm()
    model = make_model("float[4,16] x", "float[4,16] y", "y = LayerNormalization(x, s)", s=np.ones(16))
    left, changes = settle(model, transformation)
    assert (changes, op_counts(left)) == (0, {"LayerNormalization": 1})
    assert "not quantised" in next(iter(transformation.left.values()))
