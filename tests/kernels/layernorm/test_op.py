# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The custom op LayerNorm, the functional model on floats."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.layernorm.specification import layer_norm
from brainsmith_kernels.transforms.expand_norms import ExpandNorms


@pytest.fixture
def model(make_model):
    body = "y = LayerNormalization<axis = -1, epsilon = 0.25>(x, s)"
    model = make_model("float[3,5,8] x", "float[3,5,8] y", body, s=np.ones(8))
    return model.transform(ExpandNorms(to="kernel"))


def test_it_executes_as_specified_bit_for_bit(model, run, rng):
    x = rng.standard_normal((3, 5, 8)).astype(np.float32)
    np.testing.assert_array_equal(run(model, x=x)[0], layer_norm(x, 0.25))


def test_epsilon_is_1e_5_unless_set(model):
    op = getCustomOp(model.graph.node[0])
    assert op.get_nodeattr("epsilon") == 0.25
    del op.onnx_node.attribute[:]
    assert op.get_nodeattr("epsilon") == 1e-5


def test_cycles_count_every_word_of_every_row(model):
    op = getCustomOp(model.graph.node[0])
    op.set_nodeattr("SIMD", 2)
    assert op.get_exp_cycles() == 3 * 5 * 4
