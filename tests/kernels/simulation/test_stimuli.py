# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The rows of a simulation."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.simulation.stimuli import stimuli


@pytest.mark.parametrize("name", ["INT8", "UINT8", "INT2", "UINT3", "INT1", "UINT1"])
def test_rows_stay_in_the_type_s_range_and_reach_its_ends(name):
    type_ = IntegerType.parse(name)
    rows = stimuli(type_, 12, 200, seed=1)
    assert rows.shape == (200, 12)
    assert (rows.min(), rows.max()) == (type_.minimum, type_.maximum)


def test_constant_one_hot_and_alternating_rows_are_among_them():
    rows = stimuli(IntegerType.parse("INT8"), 6, 100, seed=0).tolist()
    for worst in ([-128] * 6, [127] * 6, [0] * 6, [0, 0, 0, 1, 0, 0], [127, -128] * 3):
        assert worst in rows


def test_the_same_seed_gives_the_same_rows():
    type_ = IntegerType.parse("INT8")
    assert (stimuli(type_, 8, 99, 5) == stimuli(type_, 8, 99, 5)).all()
    assert (stimuli(type_, 8, 99, 5) != stimuli(type_, 8, 99, 6)).any()


@pytest.mark.parametrize("rows", [1, 5])
def test_few_rows_are_the_worst_ones(rows):
    assert len(np.unique(stimuli(IntegerType.parse("INT8"), 4, rows, 0), axis=0)) == rows
