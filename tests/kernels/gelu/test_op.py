# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The custom op Gelu, the functional model on floats."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.gelu.infer import make_gelu
from brainsmith_kernels.gelu.specification import gelu
from brainsmith_kernels.graph import replace_nodes


@pytest.fixture
def make_op(make_model):
    def make(approximate="none"):
        model = make_model("float[3,8] x", "float[3,8] y", "y = Identity(x)")
        replace_nodes(model, list(model.graph.node), [make_gelu(model, "x", "y", "gelu", approximate)])
        return model

    return make


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_it_executes_as_specified_bit_for_bit(approximate, make_op, run, rng):
    x = rng.standard_normal((3, 8)).astype(np.float32) * 3
    np.testing.assert_array_equal(run(make_op(approximate), x=x)[0], gelu(x, approximate))


def test_cycles_count_every_word(make_op):
    op = getCustomOp(make_op().graph.node[0])
    op.set_nodeattr("PE", 2)
    assert op.get_exp_cycles() == 3 * 4
