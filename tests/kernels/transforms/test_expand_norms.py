# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Splitting LayerNormalization."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_core.errors import BrainsmithError
from brainsmith_kernels.transforms.expand_norms import ExpandNorms

ELEMENTARY = {"ReduceMean": 2, "Sub": 1, "Mul": 2, "Add": 2, "Sqrt": 1, "Div": 1}

#: The rows on which normalisations go wrong first, 16 long.
ROWS = np.stack(
    [
        np.full(16, 3.0),
        np.zeros(16),
        np.eye(16)[5],
        1e4 * np.eye(16)[0],
        np.linspace(-1, 1, 16),
        np.where(np.arange(16) % 2, 1e15, -1e15),
        np.where(np.arange(16) % 2, 1e-6, -1e-6),
        np.where(np.arange(16) % 2, 2.0, -2.0),
    ]
).astype(np.float32)


@pytest.fixture
def make_norm(make_model, rng):
    def make(axis=-1, opset=17, shape=(2, 4, 16), bias=True):
        dims = ",".join(map(str, shape))
        parameters = {"s": rng.standard_normal(shape[axis:])} | (
            {"b": rng.standard_normal(shape[axis:])} if bias else {}
        )
        body = f"y = LayerNormalization<axis = {axis}, epsilon = 0.001>(x, {', '.join(parameters)})"
        model = make_model(f"float[{dims}] x", f"float[{dims}] y", body, opset=opset, **parameters)
        model.graph.node[0].name = "norm"
        return model

    return make


@pytest.mark.parametrize("opset", [17, 18, 21])
@pytest.mark.parametrize(
    ("to", "counts"),
    [
        ("normalisation", {"LayerNormalization": 1, "Mul": 1, "Add": 1}),
        ("elementary", ELEMENTARY),
        ("kernel", {"kernel.LayerNorm": 1, "Mul": 1, "Add": 1}),
    ],
)
def test_each_form_computes_what_onnxruntime_does(
    to, counts, opset, make_norm, settle, run, reference, op_counts
):
    model = make_norm(opset=opset, shape=(8, 16))
    expanded, changes = settle(model, ExpandNorms(to=to))
    assert (changes, op_counts(expanded)) == (1, counts)
    np.testing.assert_allclose(run(expanded, x=ROWS)[0], reference(model, x=ROWS)[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("to", ["normalisation", "elementary"])
@pytest.mark.parametrize("axis", [-1, -2, -3])
def test_every_axis_can_be_expanded(axis, to, make_norm, settle, run, reference, rng):
    model = make_norm(axis=axis)
    expanded, changes = settle(model, ExpandNorms(to))
    x = rng.standard_normal((2, 4, 16)).astype(np.float32)
    assert changes == 1
    np.testing.assert_allclose(run(expanded, x=x)[0], reference(model, x=x)[0], rtol=1e-5, atol=1e-5)


def test_the_kernel_takes_the_last_axis_only(make_norm, settle):
    _, changes = settle(make_norm(axis=-2), ExpandNorms("kernel"))
    assert changes == 0


@pytest.mark.parametrize("to", ["normalisation", "elementary", "kernel"])
def test_an_absent_bias_adds_nothing(to, make_norm, settle, op_counts):
    expanded, _ = settle(make_norm(bias=False), ExpandNorms(to))
    assert op_counts(expanded).get("Add", 0) == (1 if to == "elementary" else 0)


@pytest.mark.parametrize("to", ["normalisation", "elementary", "kernel"])
def test_expanding_twice_changes_nothing_more(to, make_norm, settle):
    expanded, _ = settle(make_norm(), ExpandNorms(to))
    _, changes = settle(expanded, ExpandNorms(to))
    assert changes == 0


def test_a_computed_scale_is_kept(make_model, settle, run, reference, rng):
    model = make_model("float[2,4] x, float[4] s", "float[2,4] y", "y = LayerNormalization(x, s)")
    expanded, _ = settle(model, ExpandNorms())
    inputs = {"x": rng.standard_normal((2, 4)), "s": rng.standard_normal(4)}
    inputs = {name: value.astype(np.float32) for name, value in inputs.items()}
    np.testing.assert_allclose(
        run(expanded, **inputs)[0], reference(model, **inputs)[0], rtol=1e-5, atol=1e-6
    )


def test_new_nodes_are_named_after_the_old_one(make_norm, settle):
    expanded, _ = settle(make_norm(), ExpandNorms("elementary"))
    names = [node.name for node in expanded.graph.node]
    assert all(name.startswith("norm_") for name in names)
    assert len(set(names)) == len(names)


def test_the_default_is_the_normalisation(make_norm, settle, op_counts):
    assert op_counts(settle(make_norm(), ExpandNorms())[0])["LayerNormalization"] == 1


def test_another_form_is_refused_with_those_there_are():
    with pytest.raises(BrainsmithError) as caught:
        ExpandNorms(to="hls")
    assert "'hls'" in caught.value.fact
    assert caught.value.remedy == "choose one of 'normalisation', 'elementary', 'kernel'"
