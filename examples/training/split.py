# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The split: scikit-learn's digits, divided once and for all into training and test rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

TEST_ROWS = 360


@dataclass(frozen=True)
class Split:
    """Images as float32 of whole numbers 0 to 16, shape (rows, 8, 8); labels as int64, shape (rows,)."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def split_digits() -> Split:
    """Divide the 1,797 images into 1,437 for training and 360 for testing, each digit in proportion."""
    digits = load_digits()
    train_images, test_images, train_labels, test_labels = train_test_split(
        digits.images.astype(np.float32),
        digits.target.astype(np.int64),
        test_size=TEST_ROWS,
        stratify=digits.target,
        random_state=0,
    )
    return Split(train_images, train_labels, test_images, test_labels)
