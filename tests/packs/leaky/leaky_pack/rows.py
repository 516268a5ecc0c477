# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from brainsmith_core.errors import HardwareError


@dataclass(frozen=True)
class Rows:
    """The parameters of both kernels."""

    kernel: str = "LeakyRelu2"
    length: int = 8
    lanes: int = 1
    bits: int = 8
    shift: int = 1

    def __post_init__(self) -> None:
        if self.lanes < 1 or self.length % self.lanes:
            raise HardwareError(f"Lanes={self.lanes} does not divide Length={self.length}", place=self.kernel)
        if self.lanes > 16:
            raise HardwareError(f"Lanes={self.lanes} are more than 16", place=self.kernel)

    def as_dict(self):
        return asdict(self)

    @property
    def module_name(self):
        return f"{self.kernel.lower()}_{self.length}_{self.lanes}_{self.bits}_{self.shift}"

    @property
    def words(self):
        return self.length // self.lanes

    def compute(self, *operands):
        if self.kernel == "Midpoint":
            return sum(operands) >> self.shift
        (x,) = operands
        return np.where(x < 0, x >> self.shift, x)

    def real(self, *operands):
        return self.compute(*operands).astype(np.float64)
