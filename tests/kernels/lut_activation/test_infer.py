# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference of tables from functions of one quantised tensor."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.lut_activation.infer import InferLutActivation

ERF = "u = Div(q, root) e = Erf(u) p = Add(e, one) "
FUNCTIONS = {
    "sigmoid": "n = Sigmoid(q)",
    "tanh": "n = Tanh(q)",
    "exp": "n = Exp(q)",
    "gelu": "n = Gelu(q)",
    "gelu by tanh": 'n = Gelu<approximate = "tanh">(q)',
    "gelu by erf, halved last": ERF + "h = Mul(q, p) n = Mul(h, half)",
    "gelu by erf, halved first": ERF + "h = Mul(p, half) n = Mul(h, q)",
    "silu": "a = Sigmoid(q) n = Mul(q, a)",
    "hard swish": "n = HardSwish(q)",
    "hard swish written out": "a = Add(q, three) b = Clip(a, low, six) c = Mul(q, b) n = Div(c, six)",
    "square root of the magnitude": "a = Abs(q) n = Sqrt(a)",
    "magnitude": "n = Abs(q)",
    "power": "n = Pow(q, three)",
}
CONSTANTS = {"root": np.sqrt(2), "one": 1.0, "half": 0.5, "three": 3.0, "low": 0.0, "six": 6.0}
WORDS = {"s": 1 / 16, "t": 1 / 24, "zero": 0.0, "eight": 8.0}


@pytest.fixture
def between(make_model, quantise):
    """A function between two quantisers, from ``q`` to ``n``."""

    def make(body, *, shape="1,256", opset=20, before=None, after=None, **constants):
        source, result = quantise("x", "s", **(before or {})), quantise("n", "t", **(after or {}))
        used = {name: value for name, value in CONSTANTS.items() if f"{name})" in body or f"{name}," in body}
        text = f"q = {source} {body} y = {result}"
        words = WORDS | used | constants
        return make_model(f"float[{shape}] x", f"float[{shape}] y", text, opset=opset, **words)

    return make


def everything(scale=1 / 16):
    """Every input that an 8-bit quantiser gives, and some that it clips."""
    return np.linspace(-128, 127, 256, dtype=np.float32).reshape(1, 256) * np.float32(scale)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_becomes_a_table_that_equals_it_on_all_inputs(name, between, settle, run, op_counts):
    model = between(FUNCTIONS[name])
    inferred, changes = settle(model, InferLutActivation())
    expected = {"kernel.LutActivation": 1, "Quant": 1, "Div": 1, "Mul": 1}
    assert (changes, op_counts(inferred)) == (1, expected)
    np.testing.assert_array_equal(run(inferred, x=everything())[0], run(model, x=everything())[0])
    node = next(node for node in inferred.graph.node if node.op_type == "LutActivation")
    getCustomOp(node).verify_node()


@pytest.mark.parametrize(
    "words",
    [
        {"before": {"signed": 0, "zero": "shift"}, "shift": 97.0},
        {"before": {"narrow": 1, "bits": "four"}, "four": 4.0},
        {"after": {"signed": 0, "zero": "shift"}, "shift": 5.0},
        {"after": {"mode": "FLOOR"}},
        {"after": {"mode": "HALF_UP", "narrow": 1}},
        {"after": {"bits": "twelve"}, "twelve": 12.0},
        {"s": 0.1, "t": 0.0371},
        {"s": 1.0, "t": 1.0},
    ],
    ids=["zero point in", "narrow", "zero point out", "floor", "halves up", "12 bits out", "odd scales", "1"],
)
def test_quantisers_of_every_kind_fold_into_the_table_exactly(words, between, settle, run, op_counts):
    model = between("a = Sigmoid(q) n = Mul(q, a)", **words)
    inferred, _ = settle(model, InferLutActivation())
    assert op_counts(inferred)["kernel.LutActivation"] == 1
    x = everything(words.get("s", 1 / 16))
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


def test_two_quantisers_of_one_result_get_a_table_each(make_model, quantise, settle, run, op_counts):
    body = f"q = {quantise('x', 's')} n = Tanh(q) y = {quantise('n', 't')} z = {quantise('n', 's')}"
    model = make_model("float[1,256] x", "float[1,256] y, float[1,256] z", body, **WORDS)
    inferred, changes = settle(model, InferLutActivation())
    assert (changes, op_counts(inferred)["kernel.LutActivation"]) == (2, 2)
    np.testing.assert_array_equal(run(inferred, x=everything()), run(model, x=everything()))


def test_a_table_s_output_feeds_the_next_one(between, settle, run, op_counts, quantise):
    model = between(f"a = Tanh(q) b = {quantise('a', 't')} n = Exp(b)")
    inferred, changes = settle(model, InferLutActivation())
    expected = {"kernel.LutActivation": 2, "Quant": 1, "Div": 1, "Mul": 1}
    assert (changes, op_counts(inferred)) == (2, expected)
    np.testing.assert_array_equal(run(inferred, x=everything())[0], run(model, x=everything())[0])


def test_other_readers_keep_what_they_read(make_model, quantise, settle, run):
    body = f"q = {quantise('x', 's')} n = Tanh(q) y = {quantise('n', 't')} z = Add(n, q)"
    model = make_model("float[1,256] x", "float[1,256] y, float[1,256] z", body, **WORDS)
    inferred, _ = settle(model, InferLutActivation())
    np.testing.assert_array_equal(run(inferred, x=everything()), run(model, x=everything()))


def test_an_input_that_is_annotated_as_integer_needs_no_quantiser(
    make_model, quantise, settle, run, op_counts
):
    from qonnx.core.datatype import DataType

    model = make_model(
        "float[1,32] x", "float[1,32] y", f"n = Exp(x) y = {quantise('n', 't')}", **WORDS | {"s": 1}
    )
    model.set_tensor_datatype("x", DataType["UINT5"])
    inferred, _ = settle(model, InferLutActivation())
    assert op_counts(inferred) == {"kernel.LutActivation": 1, "Mul": 1}
    x = np.arange(32, dtype=np.float32).reshape(1, 32)
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


@pytest.mark.parametrize(
    "body",
    ["n = Relu(q)", "n = Mul(q, half)", "a = Clip(q, low, six) n = Add(a, one)", "n = Add(q, q)"],
)
def test_what_thresholds_express_stays(body, between, settle):
    transformation = InferLutActivation()
    assert settle(between(body), transformation)[1] == 0
    assert transformation.left == {}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"body": "a = Tanh(q) n = Mul(a, x)"}, "more than one tensor"),
        ({"body": "a = Tanh(x) n = Mul(a, half)"}, "not quantised"),
        ({"body": "a = Tanh(q) n = Mul(a, gain)", "gain": np.ones(256)}, "no single number"),
        ({"body": "n = Log(q)"}, "not a number"),
        ({"before": {"bits": "wide"}, "wide": 9.0}, "has 9 bits"),
        ({"s": np.full(256, 0.1)}, "scale for each channel"),
        ({"t": np.full(256, 0.1)}, "scale for each channel"),
        ({"t": -0.1}, "not positive"),
        ({"shape": "N,256"}, "shape is not known"),
        ({"shape": "256"}, "single dimension"),
        ({"body": "h = Tanh(q) n = Gather(h, places)", "places": np.arange(256)}, "no quantiser follows"),
    ],
)
def test_what_no_table_holds_is_left_with_a_reason(words, reason, between, settle, op_counts):
    transformation = InferLutActivation()
    left, changes = settle(between(**{"body": "n = Tanh(q)"} | words), transformation)
    assert changes == 0
    assert "kernel.LutActivation" not in op_counts(left)
    assert reason in next(iter(transformation.left.values()))
