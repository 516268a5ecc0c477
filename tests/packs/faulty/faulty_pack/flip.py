# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A kernel without fault: flips the bits of a mask in each element."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from brainsmith_kernels.authoring import (
    INT8,
    Cost,
    HlsBackend,
    IntegerKernelOp,
    IntegerType,
    Parameters,
    RtlBackend,
    render,
)

FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class FlipParameters(Parameters):
    """``x ^ mask``."""

    pack: ClassVar[str] = "faulty"
    kernel: ClassVar[str] = "Flip"

    size: int = 8
    simd: int = 2
    input_type: IntegerType = INT8
    output_type: IntegerType = INT8
    mask: int = 5

    def compute(self, rows):
        return rows ^ self.mask

    def real(self, rows):
        return self.compute(rows).astype(np.float64)


class Flip(IntegerKernelOp):
    specification = FlipParameters
    fields = {"mask": ("i", True, 0)}  # noqa: RUF012


COST = Cost(lambda p: 1, FOLDER / "cost.json", lambda p: (p.simd,), FlipParameters.parse)


class FlipRTL(RtlBackend):
    specification = FlipParameters
    cost = COST

    @classmethod
    def element(cls, parameters):
        """What comes out of lane i, in SystemVerilog."""
        return f"element ^ BITS'({parameters.mask})"

    @classmethod
    def files(cls, parameters):
        name = parameters.module_name
        core = render(FOLDER, "flip.sv.jinja", name=name, p=parameters, element=cls.element(parameters))
        return {
            f"{name}.v": render(FOLDER, "wrapper.v.jinja", name=name, p=parameters),
            f"{name}_core.sv": core,
        }


class FlipHLS(HlsBackend):
    specification = FlipParameters
    cost = COST

    @classmethod
    def files(cls, parameters):
        name = parameters.module_name
        return {
            f"{name}.hpp": render(FOLDER, "flip.hpp.jinja", name=name, p=parameters),
            f"{name}.cpp": render(FOLDER, "top.cpp.jinja", name=name, p=parameters),
        }
