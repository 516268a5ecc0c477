# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of ONNX's LayerNormalization."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.graph import GraphIndex
from brainsmith_kernels.layernorm.normalization import find_normalizations


def describe(make_model, call, inputs="float[2,3,4] x", outputs="float[2,3,4] y", more="", **constants):
    return find_normalizations(GraphIndex(make_model(inputs, outputs, f"{call} {more}", **constants)))


@pytest.mark.parametrize(("axis", "shape"), [(-1, 4), (2, 4), (1, (3, 4)), (-3, (2, 3, 4))])
def test_the_axis_is_counted_from_the_end(axis, shape, make_model):
    call = f"y = LayerNormalization<axis = {axis}>(x, s)"
    (found,) = describe(make_model, call, s=np.full(shape, 2.0))
    assert found.axis == (axis if axis < 0 else axis - 3)
    assert found.shape == (2, 3, 4)


def test_attributes_have_onnx_s_defaults(make_model):
    (found,) = describe(make_model, "y = LayerNormalization(x, s)", s=np.ones(4))
    assert (found.axis, found.epsilon) == (-1, 1e-5)


@pytest.mark.parametrize(
    ("scale", "bias", "expected"),
    [
        (np.ones(4), None, (False, False)),
        (np.ones(4), np.zeros(4), (False, False)),
        (np.asarray([1, 1, 1, 2.0]), np.zeros(4), (True, False)),
        (np.ones(4), np.asarray([0, 0, 1e-30, 0]), (False, True)),
    ],
)
def test_a_scale_of_one_and_a_bias_of_zero_are_none(scale, bias, expected, make_model):
    constants = {"s": scale} | ({} if bias is None else {"b": bias})
    (found,) = describe(make_model, f"y = LayerNormalization(x, {', '.join(constants)})", **constants)
    assert (found.has_scale, found.has_bias) == expected


def test_a_scale_that_is_computed_is_a_scale(make_model):
    inputs = "float[2,3,4] x, float[4] s"
    (found,) = describe(make_model, "y = LayerNormalization(x, s)", inputs)
    assert found.has_scale


def test_a_statistic_that_is_read_keeps_the_node_whole(make_model):
    call, constants = "y, mean = LayerNormalization(x, s)", {"s": np.ones(4)}
    assert len(describe(make_model, call, **constants)) == 1
    both = "float[2,3,4] y, float[2,3,1] z"
    assert describe(make_model, call, outputs=both, more="z = Neg(mean)", **constants) == []
    both = "float[2,3,4] y, float[2,3,1] mean"
    assert describe(make_model, call, outputs=both, **constants) == []


def test_other_float_types_are_left(make_model):
    inputs, outputs = "double[2,4] x", "double[2,4] y"
    call = "y = LayerNormalization(x, s)"
    assert describe(make_model, call, inputs, outputs, s=np.ones(4), dtype=np.float64) == []
