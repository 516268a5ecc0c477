# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference of Gelu nodes."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.gelu.infer import InferGelu

ERF = "u = Div(x, root) e = Erf(u) t = Add(e, one) h = Mul(x, t) y = Mul(h, half)"


@pytest.mark.parametrize(
    ("body", "opset"),
    [("y = Gelu(x)", 20), ('y = Gelu<approximate = "tanh">(x)', 20), (ERF, 11)],
    ids=["exact", "tanh", "erf"],
)
def test_a_gelu_keeps_its_values(body, opset, make_model, settle, run, reference, op_counts):
    constants = {"root": np.sqrt(2), "one": 1.0, "half": 0.5} if body == ERF else {}
    model = make_model("float[3,64] x", "float[3,64] y", body, opset=opset, **constants)
    inferred, changes = settle(model, InferGelu())
    assert (changes, op_counts(inferred)) == (1, {"kernel.Gelu": 1})
    x = np.linspace(-12, 12, 192, dtype=np.float32).reshape(3, 64)
    np.testing.assert_allclose(run(inferred, x=x)[0], reference(model, x=x)[0], rtol=1e-5, atol=1e-6)


def test_two_gelus_take_two_changes(make_model, settle, op_counts):
    model = make_model("float[2,4] x", "float[2,4] y", "a = Gelu(x) y = Gelu(a)", opset=20)
    inferred, changes = settle(model, InferGelu())
    assert (changes, op_counts(inferred)) == (2, {"kernel.Gelu": 2})


@pytest.mark.parametrize("inputs", ["float[N,4] x", "double[2,4] x"])
def test_what_the_kernel_cannot_do_is_left(inputs, make_model, settle, op_counts):
    model = make_model(inputs, inputs.replace("x", "y"), "y = Gelu(x)", opset=20)
    left, changes = settle(model, InferGelu())
    assert (changes, op_counts(left)) == (0, {"Gelu": 1})
