# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""LutActivationRTL: the kernel in SystemVerilog."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.backend import RtlBackend
from brainsmith_kernels.hardware.rendering import render
from brainsmith_kernels.lut_activation.cost import COST
from brainsmith_kernels.lut_activation.specification import LutActivationSpecification

_FOLDER = Path(__file__).parent


class LutActivationRTL(RtlBackend):
    """One table of look-up tables in each lane; a word in each cycle."""

    specification = LutActivationSpecification
    cost = COST

    @classmethod
    def files(cls, parameters: LutActivationSpecification) -> dict[str, str]:
        """The wrapper, the core and its table."""
        name = parameters.module_name
        table = render(
            _FOLDER,
            "table.sv.jinja",
            name=f"{name}_table",
            what="The function's value for the bits of each input",
            index_bits=parameters.input_type.bits,
            value_bits=parameters.output_type.bits,
            in_block_ram=False,
            values=parameters.by_bits(),
        )
        return {
            f"{name}.v": render(_FOLDER, "wrapper.v.jinja", name=name, p=parameters),
            f"{name}_core.sv": render(_FOLDER, "lut_activation.sv.jinja", name=name, p=parameters),
            f"{name}_table.sv": table,
        }
