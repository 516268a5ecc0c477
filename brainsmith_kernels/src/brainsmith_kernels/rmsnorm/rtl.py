# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""RMSNormRTL: the kernel in SystemVerilog."""

from __future__ import annotations

from brainsmith_kernels.layernorm.rtl import LayerNormRTL
from brainsmith_kernels.rmsnorm.cost import COST
from brainsmith_kernels.rmsnorm.specification import RMSNormSpecification


class RMSNormRTL(LayerNormRTL):
    """Layer normalisation's, generated without what the mean needs."""

    specification = RMSNormSpecification
    cost = COST
