# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Random values are those that the datatype allows, in the container asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qonnx.core.datatype import DataType

from brainsmith_qonnx_bridge.random_tensor import draw

FLOAT32 = np.dtype(np.float32)

datatypes = st.one_of(
    st.sampled_from(["BIPOLAR", "BINARY", "TERNARY", "FLOAT32", "FLOAT16", "FLOAT<4,3>", "FLOAT<2,1>"]),
    st.builds("{}{}".format, st.sampled_from(["INT", "UINT"]), st.integers(2, 64)),
    st.builds("FIXED<{},{}>".format, st.integers(9, 16), st.integers(1, 8)),
)


@given(datatypes, st.integers(0, 2**32))
def test_every_value_is_allowed_by_the_datatype(datatype: str, seed: int) -> None:
    values = draw(np.random.default_rng(seed), datatype, (3, 5), FLOAT32)

    assert values.shape == (3, 5)
    assert values.dtype == np.float32
    assert all(DataType[datatype].allowed(value) for value in values.flat)


@pytest.mark.parametrize(
    ("datatype", "expected"),
    [
        ("BIPOLAR", {-1, 1}),
        ("BINARY", {0, 1}),
        ("TERNARY", {-1, 0, 1}),
        ("INT2", {-2, -1, 0, 1}),
        ("UINT2", {0, 1, 2, 3}),
        ("FIXED<3,2>", {-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5}),
    ],
)
def test_the_whole_range_is_drawn_from(datatype: str, expected: set[float]) -> None:
    assert set(draw(np.random.default_rng(0), datatype, (500,), FLOAT32).tolist()) == expected


def test_floats_are_normal() -> None:
    values = draw(np.random.default_rng(0), "FLOAT32", (10_000,), FLOAT32)

    assert abs(values.mean()) < 0.05
    assert abs(values.std() - 1) < 0.05


@pytest.mark.parametrize(
    ("datatype", "container", "highest"),
    [("UINT8", np.uint8, 255), ("INT64", np.int64, 1), ("BOOL", np.bool_, 1)],
)
def test_integers_without_annotation_stay_in_their_own_type(
    datatype: str, container: type, highest: int
) -> None:
    values = draw(np.random.default_rng(0), datatype, (5000,), np.dtype(container))

    assert values.dtype == container
    assert values.max() == highest
    assert values.min() == 0
