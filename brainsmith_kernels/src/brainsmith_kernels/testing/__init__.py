# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The conformance suite for kernel authors: what any pack's kernel must show; needs pytest and hypothesis."""

from __future__ import annotations

from brainsmith_kernels.testing.conformance import KernelConformance
from brainsmith_kernels.testing.strategies import parameter_strategy

__all__ = ["KernelConformance", "parameter_strategy"]
