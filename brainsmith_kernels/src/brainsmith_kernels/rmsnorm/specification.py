# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The root-mean-square normalisation as numbers: what every implementation of the kernel must compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brainsmith_kernels.layernorm.specification import LayerNormSpecification


@dataclass(frozen=True, kw_only=True)
class RMSNormSpecification(LayerNormSpecification):
    """``round(x / sqrt(mean(x²) + epsilon) / output_scale)``, clipped, on integer rows.

    Layer normalisation without the mean, computed, rounded and bounded as that is (Zhang, Sennrich, "Root
    Mean Square Layer Normalization", 2019, without gain). A row of zeros gives zeros.
    """

    kernel: ClassVar[str] = "RMSNorm"
    centred: ClassVar[bool] = False
