# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What memories and multipliers become, as the features of costs count them."""

from __future__ import annotations

import pytest

from brainsmith_kernels.hardware.cells import block_rams, dsp_slices, memory_luts


@pytest.mark.parametrize(
    ("width", "words", "blocks"),
    [
        (136, 58, 0),
        (8, 67, 0),
        (32, 99, 1),
        (34, 106, 1),
        (544, 66, 16),
        (8, 1027, 1),
        (34, 1066, 3),
        (34, 0, 0),
    ],
)
def test_a_memory_of_many_words_takes_block_ram_and_a_small_one_look_up_tables(width, words, blocks):
    assert block_rams(width, words) == blocks
    assert (memory_luts(width, words) > 0) == (words > 0 and not blocks)


@pytest.mark.parametrize(
    ("left", "right", "slices"), [(4, 4, 0), (5, 5, 1), (24, 17, 1), (34, 37, 4), (30, 33, 4), (42, 45, 9)]
)
def test_a_product_takes_the_slices_that_were_measured(left, right, slices):
    assert dsp_slices(left, right) == dsp_slices(right, left) == slices
