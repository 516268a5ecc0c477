# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""LayerNormRTL: the kernel in SystemVerilog."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.backend import RtlBackend
from brainsmith_kernels.hardware.digit_recurrence import constant_quotient, stage_steps
from brainsmith_kernels.hardware.fixed_point import signed_digits
from brainsmith_kernels.hardware.rendering import render
from brainsmith_kernels.layernorm.cost import COST, word_buffer
from brainsmith_kernels.layernorm.specification import LayerNormSpecification

_FOLDER = Path(__file__).parent


class LayerNormRTL(RtlBackend):
    """Stages that work on different rows: sums, root and reciprocal bit by bit, products."""

    specification = LayerNormSpecification
    cost = COST

    @classmethod
    def files(cls, parameters: LayerNormSpecification) -> dict[str, str]:
        """The wrapper, the core and its parts."""
        name, interval = parameters.module_name, parameters.words
        quotient = constant_quotient(
            parameters.dividend, parameters.root_bits, parameters.reciprocal_bits, interval
        )
        root = {"steps": stage_steps(parameters.root_bits, interval), "interval": interval}

        def element(word: str) -> str:
            lane = f"{word}[i*INPUT_BITS +: INPUT_BITS]"
            return f"$signed({lane})" if parameters.input_type.signed else f"$signed({{1'b0, {lane}}})"

        def times_size(factor: str) -> str:
            return _shifted(factor, parameters.size)

        core = render(
            _FOLDER,
            "layernorm.sv.jinja",
            name=name,
            p=parameters,
            depth=word_buffer(parameters),
            element=element,
            times_size=times_size,
        )
        return {
            f"{name}.v": render(_FOLDER, "wrapper.v.jinja", name=name, p=parameters),
            f"{name}_core.sv": core,
            f"{name}_root.sv": render(_FOLDER, "root.sv.jinja", name=name, **root),
            f"{name}_root_stage.sv": render(_FOLDER, "root_stage.sv.jinja", name=name),
            f"{name}_divide.sv": render(_FOLDER, "divide.sv.jinja", name=name, **quotient),
            f"{name}_divide_stage.sv": render(_FOLDER, "divide_stage.sv.jinja", name=name),
            f"{name}_buffer.sv": render(_FOLDER, "buffer.sv.jinja", name=name),
            f"{name}_queue.sv": render(_FOLDER, "queue.sv.jinja", name=name),
        }


def _shifted(factor: str, number: int) -> str:
    """A product with a constant, as shifts: fewer cells than a multiplier of a DSP slice."""
    terms = [
        (" + " if sign > 0 else " - ", f"({factor} << {shift})") for sign, shift in signed_digits(number)
    ]
    return "(" + "".join(sign + term for sign, term in terms).removeprefix(" + ") + ")"
