# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Normalisations that are written out in elementary operators."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.core.datatype import DataType

from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.layernorm.pattern import find_decomposed_norms

MEAN, SQUARE, ROOT = "m = ReduceMean<axes = [-1]>(x) d = Sub(x, m)", "q = Pow(d, two)", "r = Sqrt(g)"
GUARD = "v = ReduceMean<axes = [-1]>(q) g = Add(v, eps)"
END = "y = Div(d, r)"
WHOLE = " ".join((MEAN, SQUARE, GUARD, ROOT, END))


@pytest.fixture
def find(make_model):
    def search(body, *, opset=11, outputs="float[2,3,4] y", **constants):
        constants = {"two": 2.0, "eps": 1e-5, "half": 0.5, "one": 1.0} | constants
        model = make_model("float[2,3,4] x", outputs, body, opset=opset, **constants)
        return find_decomposed_norms(GraphIndex(model))

    return search


@pytest.mark.parametrize(
    "body",
    [
        WHOLE,
        " ".join((MEAN, "q = Mul(d, d)", GUARD, ROOT, END)),
        " ".join((MEAN, SQUARE, GUARD, "r = Pow(g, half)", END)),
        " ".join((MEAN, SQUARE, GUARD.replace("v, eps", "eps, v"), ROOT, END)),
        " ".join((MEAN, SQUARE, GUARD, ROOT, "i = Reciprocal(r) y = Mul(d, i)")),
        " ".join((MEAN, SQUARE, GUARD, ROOT, "i = Div(one, r) y = Mul(i, d)")),
        " ".join((MEAN, "e = Sub(x, m) q = Pow(e, two)", GUARD, ROOT, END)),
        " ".join((MEAN, "n = ReduceMean<axes = [2]>(x) e = Sub(x, n) q = Pow(e, two)", GUARD, ROOT, END)),
    ],
    ids=["Pow", "Mul", "root by Pow", "epsilon first", "Reciprocal", "1/r", "two Subs", "two means"],
)
def test_each_way_of_writing_it_is_found(body, find):
    (match,) = find(body)
    assert (match.input, match.output, match.axis) == ("x", "y", -1)
    assert match.epsilon == pytest.approx(1e-5)
    nodes = {node.output[0] for node in match.nodes}
    assert {"m", "d", "q", "v", "g", "r", "y"} <= nodes


def test_axes_may_be_an_input(find):
    body = WHOLE.replace("ReduceMean<axes = [-1]>(x)", "ReduceMean(x, axes)").replace(
        "ReduceMean<axes = [-1]>(q)", "ReduceMean(q, axes)"
    )
    (match,) = find(body, opset=18, axes=np.asarray([-2, -1]))
    assert match.axis == -2


@pytest.mark.parametrize(
    "body",
    [
        WHOLE.replace("[-1]>(x)", "[1]>(x)").replace("[-1]>(q)", "[1]>(q)"),
        WHOLE.replace("[-1]>(q)", "[-2, -1]>(q)"),
        WHOLE.replace("d = Sub(x, m)", "d = Sub(m, x)"),
        WHOLE.replace("d = Sub(x, m)", "d = Add(x, m)"),
        WHOLE.replace("two", "one"),
        WHOLE.replace("Div(d, r)", "Div(r, d)"),
        WHOLE.replace("Sqrt(g)", "Pow(g, one)"),
        WHOLE.replace("Pow(d, two)", "Mul(d, x)"),
        WHOLE.replace("Add(v, eps)", "Add(v, x)"),
        WHOLE.replace("Add(v, eps)", "Sub(v, eps)"),
        WHOLE.replace("Pow(d, two)", "Pow(x, two)"),
        WHOLE.replace(SQUARE, "w = Neg(x) n = ReduceMean<axes = [-1]>(w) e = Sub(w, n) q = Pow(e, two)"),
    ],
)
def test_what_only_looks_like_it_is_not(body, find):
    assert find(body) == []


@pytest.mark.parametrize(("keepdims", "count"), [(1, 1), (0, 0)])
def test_a_mean_that_drops_its_axis_is_not(keepdims, count, make_model):
    # On a square tensor both broadcast, the latter along the wrong axis.
    body = WHOLE.replace("[-1]>", f"[-1], keepdims = {keepdims}>")
    model = make_model("float[4,4] x", "float[4,4] y", body, opset=11, two=2.0, eps=1e-5)
    assert len(find_decomposed_norms(GraphIndex(model))) == count


@pytest.mark.parametrize("tensor", ["m", "d", "v", "r"])
def test_a_statistic_that_something_else_reads_forbids_it(tensor, find):
    shape = "2,3,4" if tensor == "d" else "2,3,1"
    outputs = f"float[2,3,4] y, float[{shape}] z"
    assert find(f"{WHOLE} z = Neg({tensor})", outputs=outputs) == []
    assert find(WHOLE, outputs=f"float[2,3,4] y, float[{shape}] {tensor}") == []


def test_an_annotation_within_forbids_it(make_model):
    model = make_model("float[2,3,4] x", "float[2,3,4] y", WHOLE, opset=11, two=2.0, eps=1e-5)
    assert find_decomposed_norms(GraphIndex(model))
    model.set_tensor_datatype("d", DataType["INT8"])
    assert find_decomposed_norms(GraphIndex(model)) == []
