# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The kernel authors' page: what a pack of another distribution imports to write kernels of its own.

Everything else in this distribution is private to it, but for the suite in ``brainsmith_kernels.testing``.
"""

from __future__ import annotations

from brainsmith_kernels.domain import make_kernel_node
from brainsmith_kernels.graph import GraphIndex, replace_nodes
from brainsmith_kernels.hardware.backend import HlsBackend, RtlBackend
from brainsmith_kernels.hardware.cost import Cost
from brainsmith_kernels.hardware.integer_type import INT8, UINT8, IntegerType
from brainsmith_kernels.hardware.parameters import Parameters
from brainsmith_kernels.hardware.rendering import render
from brainsmith_kernels.hardware.stream import Array, Stream
from brainsmith_kernels.integer_kernel_op import IntegerKernelOp

__all__ = [
    "INT8",
    "UINT8",
    "Array",
    "Cost",
    "GraphIndex",
    "HlsBackend",
    "IntegerKernelOp",
    "IntegerType",
    "Parameters",
    "RtlBackend",
    "Stream",
    "make_kernel_node",
    "render",
    "replace_nodes",
]
