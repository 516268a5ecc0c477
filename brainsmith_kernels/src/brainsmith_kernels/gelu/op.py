# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Gelu: the custom op of the kernel."""

from __future__ import annotations

import math
from typing import Any

from brainsmith_kernels.gelu.specification import gelu
from brainsmith_kernels.kernel_op import KernelOp


class Gelu(KernelOp):
    """Gaussian error linear unit, ``PE`` elements of the last axis (``NumChannels`` long) in each cycle."""

    folding = {"PE": "NumChannels"}  # noqa: RUF012

    def get_nodeattr_types(self) -> dict[str, Any]:
        """Those of every kernel, and ONNX's ``approximate``."""
        return super().get_nodeattr_types() | {"approximate": ("s", False, "none", {"none", "tanh"})}

    def record(self, model: Any) -> None:
        """Write the input's shape and datatype onto the node."""
        self._record_rows(model)

    def count_cycles(self) -> int:
        """One cycle for each ``PE`` elements."""
        words = self.get_nodeattr("NumChannels") // self.get_nodeattr("PE")
        return int(math.prod(self.get_nodeattr("numInputVectors")) * words)

    def compute(self, *operands: Any) -> Any:
        """The activation of each element."""
        return gelu(operands[0], self.get_nodeattr("approximate"))
