# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Recognising normalisations; ``layernorm/test_pattern.py`` says which."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.transforms.expand_norms import ExpandNorms
from brainsmith_kernels.transforms.fuse_decomposed_norm import FuseDecomposedNorm


@pytest.fixture
def written_out(make_model, rng):
    """A normalisation in elementary operators, with a scale and a bias, below opset 17."""

    def make(axes="[-1]", opset=13):
        body = f"""
            m = ReduceMean<axes = {axes}>(x)
            d = Sub(x, m)
            q = Mul(d, d)
            v = ReduceMean<axes = {axes}>(q)
            g = Add(v, eps)
            r = Sqrt(g)
            n = Div(d, r)
            k = Mul(n, s)
            y = Add(k, b)
        """
        constants = {"eps": 1e-3, "s": rng.standard_normal(16), "b": rng.standard_normal(16)}
        return make_model("float[4,8,16] x", "float[4,8,16] y", body, opset=opset, **constants)

    return make


@pytest.mark.parametrize(
    ("opset", "axes", "norm"),
    [
        (13, "[-1]", "kernel.LayerNorm"),
        (17, "[-1]", "LayerNormalization"),
        (17, "[1, 2]", "LayerNormalization"),
    ],
)
def test_the_values_stay_and_so_do_scale_and_bias(
    opset, axes, norm, written_out, settle, run, reference, op_counts, rng
):
    model = written_out(axes, opset)
    fused, changes = settle(model, FuseDecomposedNorm())
    assert (changes, op_counts(fused)) == (1, {norm: 1, "Mul": 1, "Add": 1})
    x = rng.standard_normal((4, 8, 16)).astype(np.float32)
    np.testing.assert_allclose(run(fused, x=x)[0], reference(model, x=x)[0], rtol=1e-5, atol=1e-5)


def test_below_opset_17_several_axes_stay_written_out(written_out, settle):
    _, changes = settle(written_out("[1, 2]", 13), FuseDecomposedNorm())
    assert changes == 0


def test_it_undoes_expand_norms(make_model, settle, op_counts):
    model = make_model(
        "float[2,8] x",
        "float[2,8] y",
        "a = LayerNormalization(x, s) y = LayerNormalization(a, s)",
        s=np.full(8, 2.0),
    )
    elementary, _ = settle(model, ExpandNorms("elementary"))
    fused, changes = settle(elementary, FuseDecomposedNorm())
    assert (changes, op_counts(fused)) == (2, {"LayerNormalization": 2, "Mul": 2})
