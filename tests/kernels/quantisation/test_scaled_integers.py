# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Integers behind scales: what is found, and what is made of the graph to get at them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.infer_shapes import InferShapes

from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.quantisation.scaled_integers import extract_integers, read_integers
from brainsmith_kernels.quantisation.unsuited import Unsuited

WORDS = {"zero": 0.0, "eight": 8.0}


def extracted(model, tensor):
    """A copy of the model, in which the integers of the tensor have one of their own, and its name."""
    changed = ModelWrapper(model.model, make_deepcopy=True)
    name = extract_integers(changed, tensor)
    return changed.transform(InferShapes()), name


@given(
    scale=st.floats(2.0**-20, 2.0**20, width=32),
    zero=st.integers(-100, 100),
    signed=st.booleans(),
    narrow=st.booleans(),
    seed=st.integers(0, 1000),
)
@settings(max_examples=40, deadline=None)
def test_a_quantiser_split_computes_what_it_did(scale, zero, signed, narrow, seed, make_model, quantise, run):
    body = f"y = {quantise('x', 's', signed=int(signed), narrow=int(narrow))}"
    words = {"s": np.float32(scale), "zero": np.float32(zero), "eight": 8.0}
    model = make_model("float[4,16] x", "float[4,16] y", body, **words)
    found = read_integers(GraphIndex(model), "y")
    changed, name = extracted(model, "y")
    x = (np.random.default_rng(seed).standard_normal((4, 16)) * 200 * scale).astype(np.float32)
    expected = run(model, x=x)[0]
    np.testing.assert_array_equal(run(changed, x=x)[0], expected)
    assert (found.factor, found.zero_point) == (scale, zero)
    assert changed.get_tensor_datatype(name) == DataType["INT8" if signed else "UINT8"]


def test_reading_changes_nothing(make_model, quantise):
    model = make_model("float[4,4] x", "float[4,4] y", f"y = {quantise('x', 's')}", s=0.5, **WORDS)
    before = model.model.SerializeToString(deterministic=True)
    read_integers(GraphIndex(model), "y")
    assert model.model.SerializeToString(deterministic=True) == before


def test_what_was_extracted_is_found_again(make_model, quantise):
    model = make_model("float[4,4] x", "float[4,4] y", f"y = {quantise('x', 's')}", s=0.5, **WORDS)
    changed, name = extracted(model, "y")
    again, same = extracted(changed, "y")
    assert same == name
    assert again.model.SerializeToString(deterministic=True) == changed.model.SerializeToString(
        deterministic=True
    )
    assert read_integers(GraphIndex(changed), "y").factor == 0.5


@pytest.mark.parametrize("zero", [0.0, 3.0])
def test_scales_move_behind_operators_that_move_elements(zero, make_model, quantise, run, rng):
    body = f"q = {quantise('x', 's')} r = Reshape(q, shape) y = Transpose<perm = [1, 0, 2]>(r)"
    words = {"s": 0.3, "zero": zero, "eight": 8.0, "shape": np.asarray([2, 4, 4])}
    model = make_model("float[4,8] x", "float[4,2,4] y", body, **words)
    changed, name = extracted(model, "y")
    x = rng.standard_normal((4, 8)).astype(np.float32) * 20
    np.testing.assert_array_equal(run(changed, x=x)[0], run(model, x=x)[0])
    assert changed.find_producer(name).op_type == "Transpose"


def test_sums_of_one_scale_are_sums_of_integers(make_model, quantise, run, rng):
    body = f"q = {quantise('x', 's')} r = Add(q, c) y = Add(q, r)"
    words = {"s": 0.25, "c": np.asarray([[0.5, -1.0, 0.25, 8.0]]), **WORDS}
    model = make_model("float[4,4] x", "float[4,4] y", body, **words)
    changed, name = extracted(model, "y")
    x = rng.standard_normal((4, 4)).astype(np.float32) * 20
    np.testing.assert_array_equal(run(changed, x=x)[0], run(model, x=x)[0])
    # Twice -128 to 127, and -4 to 32.
    assert changed.get_tensor_datatype(name) == DataType["INT10"]


def test_quantised_constants_are_folded_and_transposed_with_their_scales(make_model, quantise):
    weights = np.asarray([[0.3, -0.2], [1.7, -2.1], [0.1, 0.8]])
    body = f"q = {quantise('w', 's')} t = Transpose(q) y = Add(x, t)"
    words = {"w": weights, "s": np.asarray([[0.1], [0.5], [0.1]]), **WORDS}
    model = make_model("float[2,3] x", "float[2,3] y", body, **words)
    found = read_integers(GraphIndex(model), "t")
    np.testing.assert_array_equal(found.value, [[3, 3, 1], [-2, -4, 8]])
    np.testing.assert_allclose(found.scale, [[0.1, 0.5, 0.1]])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("y = Neg(x)", "not quantised"),
        ("q = {s} y = Neg(q)", "not quantised"),
        ("q = {s} r = {t} y = Add(q, r)", "different scales"),
        ("q = {s} y = Add(q, c)", "no multiple"),
        ("q = {s} y = Mul(q, minus)", "no single positive scale"),
        ("q = {c} y = Identity(q)", "each channel"),
        ("q = qonnx.custom_op.general.BipolarQuant(x, s) y = Reshape(q, shape)", "bipolar"),
    ],
)
def test_what_is_no_integer_behind_a_scale_is_told(body, reason, make_model, quantise):
    words = {"s": 0.25, "t": 0.5, "c": np.asarray([0.1, 0.2, 0.3, 0.4]), "minus": -1.0}
    words["shape"] = np.asarray([4, 4])
    text = body
    for name in "stc":
        text = text.replace(f"{{{name}}}", quantise("x", name))
    used = {name: value for name, value in words.items() if f" {name})" in text or f" {name}," in text}
    quantised = WORDS if "general.Quant" in text else {}
    model = make_model("float[4,4] x", "float[4,4] y", text, **used, **quantised)
    with pytest.raises(Unsuited, match=reason):
        read_integers(GraphIndex(model), "y")
