# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The cost of LutActivation."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.cost import Cost
from brainsmith_kernels.lut_activation.specification import LutActivationSpecification


def latency(parameters: LutActivationSpecification) -> int:
    """The table's register."""
    return 1


def features(parameters: LutActivationSpecification) -> tuple[float, ...]:
    """For each output bit that changes, a lane has a register and ``2^input / 64`` look-up tables."""
    p, values = parameters, parameters.by_bits()
    columns = {tuple(value >> bit & 1 for value in values) for bit in range(p.output_type.bits)}
    changing = sum(len(set(column)) > 1 for column in columns)
    return (p.simd * changing * max(1.0, 2.0 ** (p.input_type.bits - 6)), p.simd * changing)


COST = Cost(latency, Path(__file__).parent / "cost.json", features, LutActivationSpecification.parse)
