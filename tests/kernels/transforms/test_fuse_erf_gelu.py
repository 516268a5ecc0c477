# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Recognising GELUs; ``gelu/test_pattern.py`` says which."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.transforms.fuse_erf_gelu import FuseErfGelu

INNER = "u = Div(x, root) e = Erf(u) t = Add(e, one)"


@pytest.mark.parametrize("outer", ["h = Mul(x, t) y = Mul(h, half)", "h = Mul(x, half) y = Mul(h, t)"])
@pytest.mark.parametrize(("opset", "gelu"), [(13, "kernel.Gelu"), (20, "Gelu")])
def test_both_orders_become_one_node_of_the_same_values(
    outer, opset, gelu, make_model, settle, run, reference, op_counts
):
    constants = {"root": np.sqrt(2), "one": 1.0, "half": 0.5}
    model = make_model("float[3,64] x", "float[3,64] y", f"{INNER} {outer}", opset=opset, **constants)
    fused, changes = settle(model, FuseErfGelu())
    assert (changes, op_counts(fused)) == (1, {gelu: 1})
    x = np.linspace(-12, 12, 192, dtype=np.float32).reshape(3, 64)
    np.testing.assert_allclose(run(fused, x=x)[0], reference(model, x=x)[0], rtol=1e-5, atol=1e-6)


def test_two_gelus_in_a_row_are_both_found(make_model, settle, op_counts):
    second = "v = Div(a, root) f = Erf(v) s = Add(f, one) k = Mul(a, s) y = Mul(k, half)"
    first = f"{INNER} h = Mul(x, t) a = Mul(h, half)"
    constants = {"root": np.sqrt(2), "one": 1.0, "half": 0.5}
    model = make_model("float[2,4] x", "float[2,4] y", f"{first} {second}", opset=20, **constants)
    fused, changes = settle(model, FuseErfGelu())
    assert (changes, op_counts(fused)) == (2, {"Gelu": 2})
