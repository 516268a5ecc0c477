# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference of LayerNorm nodes."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.layernorm.infer import InferLayerNorm


def test_scale_and_bias_become_nodes_of_their_own(make_model, settle, run, reference, op_counts, rng):
    model = make_model(
        "float[4,16] x",
        "float[4,16] y",
        "y = LayerNormalization<axis = 1>(x, s, b)",
        s=rng.standard_normal(16),
        b=rng.standard_normal(16),
    )
    x = rng.standard_normal((4, 16)).astype(np.float32)
    inferred, changes = settle(model, InferLayerNorm())
    assert (changes, op_counts(inferred)) == (1, {"kernel.LayerNorm": 1, "Mul": 1, "Add": 1})
    np.testing.assert_allclose(run(inferred, x=x)[0], reference(model, x=x)[0], rtol=1e-5, atol=1e-5)


def test_a_written_out_normalisation_is_found(make_model, settle, run, reference, op_counts, rng):
    model = make_model(
        "float[4,16] x",
        "float[4,16] y",
        """
        m = ReduceMean<axes = [-1]>(x)
        d = Sub(x, m)
        q = Pow(d, two)
        v = ReduceMean<axes = [-1]>(q)
        g = Add(v, eps)
        r = Sqrt(g)
        y = Div(d, r)
        """,
        opset=11,
        two=2.0,
        eps=1e-3,
    )
    x = rng.standard_normal((4, 16)).astype(np.float32)
    inferred, changes = settle(model, InferLayerNorm())
    assert (changes, op_counts(inferred)) == (1, {"kernel.LayerNorm": 1})
    np.testing.assert_allclose(run(inferred, x=x)[0], reference(model, x=x)[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("inputs", "axis"), [("float[2,3,4] x", 1), ("float[2,3,N] x", -1)], ids=["two axes", "unknown dimension"]
)
def test_what_the_kernel_cannot_do_is_left(inputs, axis, make_model, settle, op_counts):
    body = f"y = LayerNormalization<axis = {axis}>(x, s)"
    model = make_model(inputs, inputs.replace("x", "y"), body, s=np.ones((3, 4) if axis == 1 else 4))
    left, changes = settle(model, InferLayerNorm())
    assert (changes, op_counts(left)) == (0, {"LayerNormalization": 1})
