# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""GELUs that are written out with Erf."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.core.datatype import DataType

from brainsmith_kernels.gelu.pattern import find_erf_gelu
from brainsmith_kernels.graph import GraphIndex

CONSTANTS = {"root": np.sqrt(2), "unroot": np.sqrt(0.5), "one": 1.0, "half": 0.5, "two": 2.0}
INNER = "u = Div(x, root) e = Erf(u) t = Add(e, one)"
WHOLE = f"{INNER} h = Mul(x, t) y = Mul(h, half)"

ORDERS = {
    "(x·t)·½": "h = Mul(x, t) y = Mul(h, half)",
    "½·(t·x)": "h = Mul(t, x) y = Mul(half, h)",
    "x·(½·t)": "h = Mul(half, t) y = Mul(x, h)",
    "(t/2)·x": "h = Div(t, two) y = Mul(h, x)",
    "(½·x)·t": "h = Mul(half, x) y = Mul(h, t)",
    "t·(x/2)": "h = Div(x, two) y = Mul(t, h)",
    "(x·t)/2": "h = Mul(x, t) y = Div(h, two)",
}


@pytest.fixture
def find(make_model):
    def search(body, outputs="float[2,4] y", **constants):
        model = make_model("float[2,4] x", outputs, body, opset=13, **(CONSTANTS | constants))
        return find_erf_gelu(GraphIndex(model))

    return search


@pytest.mark.parametrize("order", ORDERS)
def test_each_order_of_the_factors_is_found(order, find):
    match = find(f"{INNER} {ORDERS[order]}")
    assert (match.input, match.output, len(match.nodes)) == ("x", "y", 5)


@pytest.mark.parametrize("inner", ["u = Mul(x, unroot)", "u = Mul(unroot, x)"])
def test_the_root_may_be_a_factor(inner, find):
    assert find(WHOLE.replace("u = Div(x, root)", inner)).input == "x"


def test_constants_may_be_nodes(find):
    assert find("one = Constant<value = float {1.0}>() " + WHOLE.replace("one)", "one )"), one=7.0) is None
    assert find(f"eins = Constant<value = float {{1.0}}>() {WHOLE.replace('one', 'eins')}").input == "x"


@pytest.mark.parametrize(
    "body",
    [
        WHOLE.replace("Div(x, root)", "Div(root, x)"),
        WHOLE.replace("Div(x, root)", "Mul(x, root)"),
        WHOLE.replace("Add(e, one)", "Add(e, half)"),
        WHOLE.replace("Add(e, one)", "Sub(e, one)"),
        WHOLE.replace("Mul(h, half)", "Mul(h, two)"),
        WHOLE.replace("Mul(h, half)", "Div(two, h)"),
        WHOLE.replace("Mul(x, t)", "Mul(u, t)"),
        f"{INNER} h = Mul(x, t) y = Neg(h)",
        f"{INNER} w = Neg(x) h = Div(w, two) y = Mul(t, h)",
        f"{INNER} w = Neg(x) h = Mul(w, half) y = Mul(t, h)",
    ],
)
def test_what_only_looks_like_it_is_not(body, find):
    assert find(body) is None


@pytest.mark.parametrize("tensor", ["u", "e", "t", "h"])
def test_a_factor_that_something_else_reads_forbids_it(tensor, find):
    assert find(f"{WHOLE} z = Neg({tensor})", "float[2,4] y, float[2,4] z") is None
    assert find(WHOLE, f"float[2,4] y, float[2,4] {tensor}") is None


def test_a_constant_that_widens_the_shape_forbids_it(find):
    assert find(WHOLE, "float[3,1,2,4] y", half=np.full((3, 1, 1, 1), 0.5)) is None
    assert find(WHOLE, "float[1,2,4] y", half=np.full((1, 1, 1), 0.5)) is None


def test_an_annotation_within_forbids_it(make_model):
    model = make_model("float[2,4] x", "float[2,4] y", WHOLE, opset=13, **CONSTANTS)
    assert find_erf_gelu(GraphIndex(model))
    model.set_tensor_datatype("t", DataType["INT8"])
    assert find_erf_gelu(GraphIndex(model)) is None
