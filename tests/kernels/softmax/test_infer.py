# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference of the integer Softmax."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.softmax.infer import InferSoftmax

INTEGERS = {"kernel.IntSoftmax": 1, "Quant": 1, "Div": 1, "Mul": 1}


@pytest.fixture
def between(make_model, quantise):
    """A softmax between two quantisers, of which some things may be different."""

    def make(
        attribute="",
        *,
        shape="2,3,8",
        opset=13,
        s_in=1 / 8,
        s_out=1 / 256,
        before=None,
        after=None,
        type="float",
        **constants,
    ):
        source = quantise("x", "s_in", **(before or {}))
        result = quantise("p", "s_out", **({"signed": 0} | (after or {})))
        body = f"q = {source} p = Softmax{attribute}(q) y = {result}"
        words = {"s_in": s_in, "s_out": s_out, "zero": 0.0, "eight": 8.0} | constants
        return make_model(f"{type}[{shape}] x", f"{type}[{shape}] y", body, opset=opset, **words)

    return make


@pytest.mark.parametrize(
    ("attribute", "opset"), [("<axis = 2>", 11), ("<axis = -1>", 11), ("", 13), ("<axis = 2>", 17)]
)
def test_a_softmax_between_quantisers_becomes_integers_and_a_scale(
    attribute, opset, between, settle, run, op_counts, rng
):
    model = between(attribute, opset=opset)
    inferred, changes = settle(model, InferSoftmax())
    assert (changes, op_counts(inferred)) == (1, INTEGERS)
    x = rng.standard_normal((2, 3, 8)).astype(np.float32) * 6
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


def test_of_many_rows_only_ties_differ_and_by_one(between, run, rng):
    model = between(shape="2000,1,16")
    x = rng.integers(-128, 128, (2000, 1, 16)).astype(np.float32) / 8
    x[:1000] /= 8
    expected, found = (run(each, x=x)[0] * 256 for each in (model, model.transform(InferSoftmax())))
    exact = np.exp(np.round(x.astype(np.float64) * 8) / 8)
    exact = exact / exact.sum(axis=-1, keepdims=True) * 256
    differing = expected != found
    assert np.abs(expected - found).max() <= 1
    # Half a last place, and what float32 rounds of numbers up to 256.
    assert (np.abs(np.abs(exact - np.floor(exact)) - 0.5)[differing] < 2.0**-15).all()
    assert differing.mean() < 1e-4


def test_a_row_that_is_masked_throughout_shares_alike(between, run):
    model = between().transform(InferSoftmax())
    x = np.full((2, 3, 8), -1e9, dtype=np.float32)
    np.testing.assert_array_equal(run(model, x=x)[0], np.float32(1 / 8))


def test_a_zero_point_of_the_input_cancels_out(between, settle, run, op_counts, rng):
    model = between(before={"zero": "three", "signed": 0}, three=3.0)
    inferred, _ = settle(model, InferSoftmax())
    assert op_counts(inferred)["kernel.IntSoftmax"] == 1
    x = rng.standard_normal((2, 3, 8)).astype(np.float32) * 6
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


def test_other_readers_of_the_quantised_input_keep_it(make_model, quantise, settle, run, rng):
    body = f"q = {quantise('x', 's')} p = Softmax(q) y = {quantise('p', 't', signed=0)} z = Neg(q)"
    words = {"s": 0.3, "t": 1 / 256, "zero": 0.0, "eight": 8.0}
    model = make_model("float[2,8] x", "float[2,8] y, float[2,8] z", body, opset=13, **words)
    inferred, changes = settle(model, InferSoftmax())
    x = rng.standard_normal((2, 8)).astype(np.float32) * 6
    assert changes == 1
    np.testing.assert_array_equal(run(inferred, x=x), run(model, x=x))


def test_the_node_carries_both_scales_and_its_name(between):
    model = between()
    next(node for node in model.graph.node if node.op_type == "Softmax").name = "attention"
    node = next(node for node in model.transform(InferSoftmax()).graph.node if node.op_type == "IntSoftmax")
    op = getCustomOp(node)
    assert (node.name, op.get_nodeattr("input_scale"), op.get_nodeattr("output_scale")) == (
        "attention",
        1 / 8,
        1 / 256,
    )
    op.verify_node()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        # The default was 1 before version 13, and all axes from there on were one.
        ({"opset": 11}, "axis 1 is not the last"),
        ({"attribute": "<axis = 1>"}, "axis 1 is not the last"),
        ({"shape": "2,N,8"}, "fixed batch size"),
        ({"s_in": np.full(8, 0.1)}, "scale for each channel"),
        ({"s_in": 0.0}, "scale that is not positive"),
        ({"s_in": -0.5}, "scale that is not positive"),
        ({"s_out": 0.75}, "no last place of numbers up to 1"),
        ({"before": {"bits": "wide"}, "wide": 12.0}, "INT12 has no table"),
        ({"before": {"bits": "wide"}, "wide": 1.0}, "bipolar"),
        ({"before": {"zero": "odd"}, "odd": 0.5}, "zero point that is not whole"),
        ({"after": {"zero": "three"}, "three": 3.0}, "has a zero point"),
        ({"after": {"mode": "FLOOR"}}, "does not round to the nearest"),
        ({"after": {"bits": "wide"}, "wide": 20.0}, "UINT20 is out of range"),
        ({"s_out": 1 / 512, "after": {"narrow": 1}}, "narrow"),
    ],
)
def test_what_the_kernel_cannot_do_is_left_with_a_reason(words, reason, between, settle, op_counts):
    transformation = InferSoftmax()
    model = between(**words)
    next(node for node in model.graph.node if node.op_type == "Softmax").name = "attention"
    left, changes = settle(model, transformation)
    assert (changes, op_counts(left)) == (0, {"Softmax": 1, "Quant": 2})
    assert reason in transformation.left["attention"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("y = Softmax(x)", "not quantised"),
        ("q = {q} y = Softmax(q)", "1 readers instead of one quantiser"),
        ("q = {q} p = Softmax(q) y = Exp(p)", "read by Exp"),
    ],
)
def test_without_two_quantisers_it_stays_a_standard_operator(
    body, reason, make_model, quantise, settle, op_counts
):
    transformation = InferSoftmax()
    text = body.replace("{q}", quantise("x", "s"))
    words = {"s": 0.5, "zero": 0.0, "eight": 8.0} if "{q}" in body else {}
    left, changes = settle(
        make_model("float[2,8] x", "float[2,8] y", text, opset=13, **words), transformation
    )
    assert (changes, op_counts(left)["Softmax"]) == (0, 1)
    assert reason in next(iter(transformation.left.values()))


def test_a_computed_scale_is_a_reason_too(make_model, quantise, settle):
    transformation = InferSoftmax()
    body = f"q = {quantise('x', 'given')} p = Softmax(q) y = {quantise('p', 't', signed=0)}"
    words = {"t": 1 / 256, "zero": 0.0, "eight": 8.0}
    model = make_model("float[2,8] x, float given", "float[2,8] y", body, opset=13, **words)
    assert settle(model, transformation)[1] == 0
    assert "computed" in next(iter(transformation.left.values()))
