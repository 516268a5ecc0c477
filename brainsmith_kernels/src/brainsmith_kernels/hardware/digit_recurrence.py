# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Digit recurrences: division and square root at one bit a cycle, cut into stages for successive rows."""

from __future__ import annotations

from typing import Any


def stage_steps(bits: int, interval: int) -> list[int]:
    """How many bits each stage computes, as even as can be, so that none takes longer than the interval."""
    stages = -(-bits // interval)
    return [bits // stages + (stage < bits % stages) for stage in range(stages)]


def constant_quotient(dividend: int, divisor_bits: int, quotient_bits: int, interval: int) -> dict[str, Any]:
    """The values of the template ``divide.sv`` for a constant dividend and a row every so many cycles."""
    return {
        "divisor_bits": divisor_bits,
        "steps": stage_steps(quotient_bits, interval),
        "upper": dividend >> quotient_bits,
        "lower": dividend & ((1 << quotient_bits) - 1),
        "interval": interval,
    }
