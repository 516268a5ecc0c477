# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The cost of RMSNorm."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.cost import Cost
from brainsmith_kernels.layernorm.cost import features, latency
from brainsmith_kernels.rmsnorm.specification import RMSNormSpecification

COST = Cost(latency, Path(__file__).parent / "cost.json", features, RMSNormSpecification.parse)
