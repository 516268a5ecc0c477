# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The step ``cleanup``."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.steps.cleanup import cleanup


@pytest.fixture
def exported(make_model):
    model = make_model(
        "float[2,6] x",
        "float[2,3] y",
        """
        size = Shape(x)
        flat = Reshape(x, size)
        one = Constant<value = float {1.0}>()
        s = Mul(one, half)
        q = Quant<narrow: int = 1, signed: int = 1, rounding_mode: string = "ROUND">(w, s, z, bits)
        t = Transpose<perm = [1, 0]>(q)
        y = MatMul(flat, t)
        """,
        opset=13,
        infer=False,
        half=0.5,
        z=0.0,
        bits=4.0,
        w=np.random.default_rng(5).standard_normal((3, 6)),
    )
    for node in model.get_nodes_by_op_type("Quant"):
        node.domain = "onnx.brevitas"
    return model


def test_constants_fold_but_quantisers_stay(exported, op_counts):
    assert op_counts(cleanup(exported, None)) == {"Quant": 1, "Reshape": 1, "MatMul": 1}


def test_nodes_and_tensors_get_readable_names(exported):
    model = cleanup(exported, None)
    assert model.graph.input[0].name == "global_in"
    assert {node.name for node in model.graph.node} == {"Quant_0", "Reshape_0", "MatMul_0"}


def test_the_values_stay(exported, run, rng):
    x = rng.standard_normal((2, 6)).astype(np.float32)
    cleaned = cleanup(exported, None)
    np.testing.assert_allclose(run(cleaned, global_in=x)[0], run(exported, x=x)[0], rtol=1e-6)


def test_the_model_that_was_given_stays_as_it_is(exported):
    before = exported.model.SerializeToString(deterministic=True)
    cleanup(exported, None)
    assert exported.model.SerializeToString(deterministic=True) == before
