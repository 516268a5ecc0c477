# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Quantisers of integers become thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.core.datatype import DataType

from brainsmith_kernels.transforms.quant_to_multi_threshold import QuantToMultiThreshold

WORDS = {"zero": 0.0, "four": 4.0}


@pytest.fixture
def integers(make_model, quantise):
    """A quantiser of what is made of ``x``, whole numbers of 8 bits, in each of 4 channels."""

    def make(body="", *, tensor="x", shape="256,4", datatype="INT8", infer=True, words=None, **constants):
        text = f"{body} y = {quantise(tensor, 's', bits='four', **(words or {}))}"
        model = make_model(
            f"float[{shape}] x", f"float[{shape}] y", text, infer=infer, **WORDS | {"s": 2.0} | constants
        )
        model.set_tensor_datatype("x", DataType[datatype])
        return model

    return make


@pytest.fixture
def everything():
    return np.repeat(np.arange(-128, 128, dtype=np.float32), 4).reshape(256, 4)


@pytest.mark.parametrize(
    ("body", "words", "constants"),
    [
        ("", {}, {}),
        ("", {"narrow": 1}, {}),
        ("", {"signed": 0}, {}),
        ("", {"mode": "FLOOR"}, {}),
        ("", {"mode": "HALF_DOWN"}, {}),
        ("", {}, {"s": 0.1}),
        ("", {}, {"s": 300.0}),
        ("h = Mul(x, c)", {}, {"c": 0.3}),
        ("a = Div(x, c) h = Add(a, d)", {}, {"c": 3.0, "d": 0.7}),
        ("a = Mul(x, c) h = Sub(a, d)", {}, {"c": np.asarray([0.5, 0.25, 1.5, 3.0]), "d": np.arange(4.0)}),
    ],
    ids=[
        "ties",
        "narrow",
        "unsigned",
        "floor",
        "halves down",
        "fine",
        "coarse",
        "scaled",
        "affine",
        "channels",
    ],
)
def test_every_integer_gives_what_the_quantiser_gave(
    body, words, constants, integers, everything, settle, run, op_counts
):
    model = integers(body, tensor="h" if body else "x", words=words, **constants)
    inferred, changes = settle(model, QuantToMultiThreshold())
    counts = op_counts(inferred)
    assert (changes, counts.pop("MultiThreshold"), counts.pop("Mul", 1)) == (1, 1, 1)
    assert counts == {}
    np.testing.assert_array_equal(run(inferred, x=everything)[0], run(model, x=everything)[0])


@pytest.mark.parametrize("datatype", ["INT8", "INT9"])
def test_a_channel_that_falls_is_turned_in_front_of_its_thresholds(
    datatype, integers, everything, settle, run, op_counts
):
    body = "a = Mul(x, c) h = Add(a, d)"
    constants = {"c": np.asarray([0.5, -0.25, -1.5, 3.0]), "d": np.asarray([0.0, 1.0, -2.0, 0.3])}
    model = integers(body, tensor="h", datatype=datatype, **constants)
    inferred, _ = settle(model, QuantToMultiThreshold())
    assert op_counts(inferred) == {"Mul": 2, "MultiThreshold": 1}
    turned = inferred.graph.node[0].output[0]
    assert inferred.get_tensor_datatype(turned) == DataType["INT9" if datatype == "INT8" else "INT10"]
    np.testing.assert_array_equal(run(inferred, x=everything)[0], run(model, x=everything)[0])


def test_halves_go_to_even_which_FINN_s_own_conversion_rounds_up(integers, settle):
    inferred, _ = settle(integers(), QuantToMultiThreshold())
    thresholds = inferred.get_initializer(inferred.graph.node[0].input[1])
    # -15/2 rounds to -8, -13/2 to -6, and so on: every other step is one later.
    np.testing.assert_array_equal(thresholds[0][:4], [-14, -13, -10, -9])
    assert inferred.get_tensor_datatype(inferred.graph.node[0].input[1]).is_integer()


def test_a_quantiser_that_changes_no_integer_goes(make_model, quantise, settle, run, op_counts):
    body = f"q = {quantise('x', 'one', bits='four')} y = Neg(q)"
    model = make_model("float[2,4] x", "float[2,4] y", body, one=1.0, **WORDS)
    model.set_tensor_datatype("x", DataType["INT4"])
    inferred, _ = settle(model, QuantToMultiThreshold())
    assert op_counts(inferred) == {"Neg": 1}


def test_sums_and_moved_integers_are_quantised_as_integers(make_model, quantise, settle, run, op_counts, rng):
    body = f"""
        a = {quantise("x", "s", bits="four")} b = Transpose(a) c = Add(b, a)
        y = {quantise("c", "s", bits="four")}
    """
    model = make_model("float[4,4] x", "float[4,4] y", body, s=0.5, **WORDS)
    model.set_tensor_datatype("x", DataType["INT8"])
    inferred, changes = settle(model, QuantToMultiThreshold())
    assert (changes, op_counts(inferred)) == (2, {"MultiThreshold": 2, "Transpose": 1, "Add": 1, "Mul": 1})
    x = rng.integers(-8, 8, (4, 4)).astype(np.float32)
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"datatype": "FLOAT32"}, "not quantised"),
        ({"body": "h = Mul(x, c)", "tensor": "h", "c": np.asarray([1.0, 0.0, 1.0, 1.0])}, "is zero"),
        ({"body": "h = Add(x, c)", "tensor": "h", "c": np.full((256, 1), 0.3)}, "another axis"),
        ({"words": {"zero": "three"}, "three": 3.0}, "zero point"),
        ({"s": np.full(4, 0.5)}, "each channel"),
        ({"four": 9.0}, "more than 8 bits"),
        ({"shape": "1,2,2,2,4"}, "dimensions"),
    ],
)
def test_what_cannot_be_exact_is_left_with_a_reason(words, reason, integers, settle, op_counts):
    transformation = QuantToMultiThreshold()
    left, changes = settle(integers(**words), transformation)
    assert (changes, op_counts(left)["Quant"]) == (0, 1)
    assert reason in next(iter(transformation.left.values()))


def test_images_of_a_model_with_convolutions_are_left_to_FINN(make_model, quantise, settle):
    transformation = QuantToMultiThreshold()
    body = f"q = {quantise('x', 's', bits='four')} y = Conv(q, w)"
    constants = WORDS | {"s": 2.0, "w": np.ones((1, 2, 1, 1))}
    model = make_model("float[1,2,3,3] x", "float[1,1,3,3] y", body, **constants)
    model.set_tensor_datatype("x", DataType["INT8"])
    assert settle(model, transformation)[1] == 0
    assert "channels may come second" in next(iter(transformation.left.values()))
