# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference of tables from GELUs."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.gelu.infer import InferGelu
from brainsmith_kernels.transforms.fuse_erf_gelu import FuseErfGelu

ERF = "u = Div(q, root) e = Erf(u) t = Add(e, one) h = Mul(q, t) n = Mul(h, half)"
WORDS = {"s": 1 / 16, "r": 1 / 24, "zero": 0.0, "eight": 8.0}
ROOTS = {"root": np.sqrt(2), "one": 1.0, "half": 0.5}
TABLE = {"kernel.LutActivation": 1, "Quant": 1, "Div": 1, "Mul": 1}


@pytest.fixture
def between(make_model, quantise):
    def make(body, opset):
        text = f"q = {quantise('x', 's')} {body} y = {quantise('n', 'r')}"
        constants = ROOTS if body == ERF else {}
        return make_model("float[1,256] x", "float[1,256] y", text, opset=opset, **WORDS | constants)

    return make


@pytest.mark.parametrize(
    ("body", "opset", "fused"),
    [
        ("n = Gelu(q)", 20, False),
        ('n = Gelu<approximate = "tanh">(q)', 20, False),
        (ERF, 11, False),
        (ERF, 11, True),
        (ERF, 20, True),
    ],
    ids=["exact", "tanh", "erf", "the kernel's functional model", "erf fused"],
)
def test_a_gelu_becomes_a_table_that_equals_it(body, opset, fused, between, settle, run, op_counts):
    model = between(body, opset)
    model = model.transform(FuseErfGelu()) if fused else model
    inferred, changes = settle(model, InferGelu())
    assert (changes, op_counts(inferred)) == (1, TABLE)
    x = (np.arange(-128, 128, dtype=np.float32) / 16).reshape(1, 256)
    np.testing.assert_array_equal(run(inferred, x=x)[0], run(model, x=x)[0])


def test_other_functions_are_not_its_business(between, settle):
    transformation = InferGelu()
    assert settle(between("n = Tanh(q)", 20), transformation)[1] == 0
    assert transformation.left == {}


def test_without_quantisers_it_stays_a_standard_operator(make_model, settle, op_counts):
    transformation = InferGelu()
    model = make_model("float[2,4] x", "float[2,4] y", "y = Gelu(x)", opset=20)
    left, changes = settle(model, transformation)
    assert (changes, op_counts(left)) == (0, {"Gelu": 1})
    assert transformation.left == {"y": "no quantiser follows it"}
