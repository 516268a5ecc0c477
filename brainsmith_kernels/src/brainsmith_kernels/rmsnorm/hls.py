# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""RMSNormHLS: the kernel in C++ for high-level synthesis."""

from __future__ import annotations

from brainsmith_kernels.layernorm.hls import LayerNormHLS
from brainsmith_kernels.rmsnorm.cost import COST
from brainsmith_kernels.rmsnorm.specification import RMSNormSpecification


class RMSNormHLS(LayerNormHLS):
    """Layer normalisation's, generated without what the mean needs."""

    specification = RMSNormSpecification
    cost = COST
