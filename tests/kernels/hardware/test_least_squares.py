# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Least squares with weights that are not negative."""

from __future__ import annotations

import numpy as np
import pytest

from brainsmith_kernels.hardware.least_squares import nonnegative_least_squares


def test_weights_that_fit_exactly_are_found():
    features = np.random.default_rng(1).random((9, 4)) * [1, 10, 1000, 1e5]
    weights = np.array([3, 0, 0.5, 2e-4])
    np.testing.assert_allclose(nonnegative_least_squares(features, features @ weights), weights, atol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_no_weight_is_negative_and_no_change_of_one_is_better(seed):
    rng = np.random.default_rng(seed)
    points, count = rng.integers(3, 20), rng.integers(1, 8)
    features, values = rng.random((points, count)), rng.normal(size=points)
    weights = nonnegative_least_squares(features, values)
    assert (weights >= 0).all()
    # The conditions of Karush, Kuhn and Tucker.
    gradient = features.T @ (values - features @ weights)
    assert (gradient <= 1e-7).all()
    assert np.abs(gradient[weights > 0]).max(initial=0) <= 1e-7


def test_a_feature_that_is_always_0_gets_no_weight():
    assert nonnegative_least_squares(np.array([[1.0, 0.0], [2.0, 0.0]]), np.array([2.0, 4.0])).tolist() == [
        2,
        0,
    ]
