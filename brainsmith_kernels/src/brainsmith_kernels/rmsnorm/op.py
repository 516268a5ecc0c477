# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""IntRMSNorm: the custom op of the kernel RMSNorm."""

from __future__ import annotations

from brainsmith_kernels.layernorm.op import IntLayerNorm
from brainsmith_kernels.rmsnorm.specification import RMSNormSpecification


class IntRMSNorm(IntLayerNorm):
    """Root-mean-square normalisation of integers along the last axis; ``SIMD`` elements in each cycle."""

    specification = RMSNormSpecification
