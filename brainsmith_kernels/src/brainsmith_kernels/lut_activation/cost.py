# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The cost of LutActivation."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.cells import tables
from brainsmith_kernels.hardware.cost import Cost
from brainsmith_kernels.lut_activation.specification import LutActivationSpecification


def latency(parameters: LutActivationSpecification) -> int:
    """The table's register."""
    return 1


def features(parameters: LutActivationSpecification) -> tuple[float, ...]:
    """A lane has a look-up table for each different part of 64 entries of each output bit, and a register."""
    lanes, values = parameters.simd, parameters.by_bits()
    columns = {tuple(value >> bit & 1 for value in values) for bit in range(parameters.output_type.bits)}
    changing = sum(len(set(column)) > 1 for column in columns)
    return (lanes * tables(values, parameters.output_type.bits), lanes * changing)


COST = Cost(latency, Path(__file__).parent / "cost.json", features, LutActivationSpecification.parse)
