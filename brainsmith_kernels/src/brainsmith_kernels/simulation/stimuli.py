# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The rows that a simulation feeds to a kernel: the worst ones first, then random ones."""

from __future__ import annotations

import numpy as np

from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.hardware.stream import Array


def stimuli(type: IntegerType, size: int, rows: int, seed: int) -> Array:
    """So many rows, int64 of shape ``(rows, size)``, the same for the same arguments.

    Constant, one-hot, extreme and alternating rows come first, as far as there is room; then rows that
    are uniform over the whole range and, every other one, over a random part of it.
    """
    rng = np.random.default_rng(seed)
    worst = _worst(type, size)[:rows]
    count = rows - len(worst)
    ends = np.sort(rng.integers(type.minimum, type.maximum + 1, (count, 2)), axis=1)
    ends[::2] = type.minimum, type.maximum
    random = rng.integers(ends[:, :1], ends[:, 1:] + 1, (count, size))
    return np.concatenate([worst, random])


def _worst(type: IntegerType, size: int) -> Array:
    low, high = type.minimum, type.maximum
    levels = sorted({low, high, 0, min(high, 1), max(low, -1)})
    constant = [np.full(size, level) for level in levels]
    hot = []
    pairs = [(low, high), (high, low), (0, min(high, 1)), (0, high), (min(high, 1), 0), (high, high - 1)]
    for rest, one in pairs:
        for place in (0, size // 2, size - 1):
            row = np.full(size, rest)
            row[place] = one
            hot.append(row)
    index = np.arange(size)
    patterns = [
        np.where(index % 2, low, high),
        np.where(index % 2, high, low),
        np.where(index < size // 2, low, high),
    ]
    patterns += [low + index % (high - low + 1), high - index % (high - low + 1)]
    return np.asarray([*constant, *hot, *patterns], dtype=np.int64)
