# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The custom op Gelu."""

from __future__ import annotations

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.gelu.infer import InferGelu
from brainsmith_kernels.gelu.specification import gelu


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_it_executes_as_specified_bit_for_bit(approximate, make_model, run, rng):
    body = f'y = Gelu<approximate = "{approximate}">(x)'
    model = make_model("float[3,8] x", "float[3,8] y", body, opset=20).transform(InferGelu())
    x = rng.standard_normal((3, 8)).astype(np.float32) * 3
    np.testing.assert_array_equal(run(model, x=x)[0], gelu(x, approximate))


def test_cycles_count_every_word(make_model):
    model = make_model("float[3,8] x", "float[3,8] y", "y = Gelu(x)", opset=20).transform(InferGelu())
    op = getCustomOp(model.graph.node[0])
    op.set_nodeattr("PE", 2)
    assert op.get_exp_cycles() == 3 * 4
