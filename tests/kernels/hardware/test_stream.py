# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Rows as words of an AXI stream."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.hardware.stream import Stream


def test_the_first_element_is_in_the_lowest_bits_and_words_are_padded_to_bytes():
    stream = Stream(IntegerType.parse("INT3"), size=4, lanes=2)
    words = stream.pack(np.array([[1, 2, -1, -4]]))
    assert words == bytes([0b010_001, 0b100_111])
    assert (stream.bits, stream.padded_bits, stream.words_per_row) == (6, 8, 2)


@given(st.data())
def test_unpacking_gives_back_what_was_packed(data):
    type_ = IntegerType(data.draw(st.integers(1, 33)), data.draw(st.booleans()))
    lanes, words = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 3))
    stream = Stream(type_, lanes * words, lanes)
    values = st.integers(type_.minimum, type_.maximum)
    rows = data.draw(
        st.lists(st.lists(values, min_size=stream.size, max_size=stream.size), min_size=1, max_size=4)
    )
    packed = stream.pack(np.array(rows, dtype=np.int64))
    assert len(packed) == len(rows) * words * stream.word_bytes
    assert stream.unpack(packed).tolist() == rows
