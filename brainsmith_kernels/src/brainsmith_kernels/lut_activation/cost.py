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
    """A lane has a table of ``2^input`` entries for each output bit."""
    bits = parameters.simd * parameters.output_type.bits
    return (bits, bits * 2.0**parameters.input_type.bits)


COST = Cost(latency, Path(__file__).parent / "cost.json", features, LutActivationSpecification.parse)
