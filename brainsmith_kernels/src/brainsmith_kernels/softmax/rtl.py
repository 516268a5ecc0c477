# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""SoftmaxRTL: the kernel in SystemVerilog."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.backend import RtlBackend
from brainsmith_kernels.hardware.digit_recurrence import constant_quotient
from brainsmith_kernels.hardware.rendering import render
from brainsmith_kernels.softmax.cost import COST, power_words, word_buffer
from brainsmith_kernels.softmax.specification import SoftmaxSpecification

_FOLDER = Path(__file__).parent


class SoftmaxRTL(RtlBackend):
    """Three stages that work on different rows: maximum, exponentials and their sum, products."""

    specification = SoftmaxSpecification
    cost = COST

    @classmethod
    def files(cls, parameters: SoftmaxSpecification) -> dict[str, str]:
        """The wrapper, the core and its parts."""
        name = parameters.module_name
        table = render(
            _FOLDER,
            "table.sv.jinja",
            name=f"{name}_table",
            what="The exponential of each difference from the row's maximum",
            index_bits=parameters.input_type.bits,
            value_bits=parameters.table_bits,
            in_block_ram=True,
            values=parameters.table,
        )
        quotient = constant_quotient(
            parameters.dividend, parameters.sum_bits, parameters.reciprocal_bits, parameters.words
        )
        core = render(
            _FOLDER,
            "softmax.sv.jinja",
            name=name,
            p=parameters,
            word_depth=word_buffer(parameters),
            power_depth=power_words(parameters),
        )
        return {
            f"{name}.v": render(_FOLDER, "wrapper.v.jinja", name=name, p=parameters),
            f"{name}_core.sv": core,
            f"{name}_table.sv": table,
            f"{name}_divide.sv": render(_FOLDER, "divide.sv.jinja", name=name, **quotient),
            f"{name}_divide_stage.sv": render(_FOLDER, "divide_stage.sv.jinja", name=name),
            f"{name}_buffer.sv": render(_FOLDER, "buffer.sv.jinja", name=name),
            f"{name}_queue.sv": render(_FOLDER, "queue.sv.jinja", name=name),
        }
