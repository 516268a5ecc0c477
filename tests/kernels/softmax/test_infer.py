# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference of Softmax nodes."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.softmax.infer import InferSoftmax


@pytest.mark.parametrize(
    ("shape", "attribute", "opset"),
    [
        ("2,7", "", 11),
        ("2,7", "<axis = 1>", 11),
        ("2,3,7", "<axis = 2>", 11),
        ("2,3,7", "<axis = -1>", 11),
        ("2,3,7", "", 13),
        ("2,3,7", "<axis = 2>", 17),
    ],
)
def test_a_softmax_over_the_last_axis_keeps_its_values(
    shape, attribute, opset, make_model, settle, run, reference, op_counts, rng
):
    body = f"y = Softmax {attribute} (x)"
    model = make_model(f"float[{shape}] x", f"float[{shape}] y", body, opset=opset)
    inferred, changes = settle(model, InferSoftmax())
    assert (changes, op_counts(inferred)) == (1, {"kernel.Softmax": 1})
    x = rng.standard_normal([int(size) for size in shape.split(",")]).astype(np.float32) * 5
    np.testing.assert_allclose(run(inferred, x=x)[0], reference(model, x=x)[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("inputs", "attribute", "opset"),
    [
        # The default was 1 before version 13, and all axes from there on were one.
        ("float[2,3,7] x", "", 11),
        ("float[2,3,7] x", "<axis = 1>", 13),
        ("float[2,N] x", "", 13),
        ("double[2,7] x", "", 13),
    ],
    ids=["old default", "middle axis", "unknown dimension", "double"],
)
def test_what_the_kernel_cannot_do_is_left(inputs, attribute, opset, make_model, settle, op_counts):
    body = f"y = Softmax {attribute} (x)"
    left, changes = settle(make_model(inputs, inputs.replace("x", "y"), body, opset=opset), InferSoftmax())
    assert (changes, op_counts(left)) == (0, {"Softmax": 1})
