# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""How the digits of a quotient or root are shared among stages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from brainsmith_kernels.hardware.digit_recurrence import constant_quotient, stage_steps


@given(st.integers(1, 80), st.integers(1, 100))
def test_no_stage_takes_longer_than_the_interval_and_none_is_needless(bits, interval):
    steps = stage_steps(bits, interval)
    assert sum(steps) == bits
    assert 1 <= max(steps) <= interval
    assert (len(steps) - 1) * interval < bits


def test_the_dividend_is_cut_below_the_bits_that_any_divisor_exceeds():
    values = constant_quotient(0b1011_0110, divisor_bits=5, quotient_bits=4, interval=3)
    assert (values["upper"], values["lower"], values["steps"]) == (0b1011, 0b0110, [2, 2])
