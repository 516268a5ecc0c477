# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""LayerNormHLS: the kernel in C++ for high-level synthesis."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.backend import HlsBackend
from brainsmith_kernels.hardware.digit_recurrence import constant_quotient
from brainsmith_kernels.hardware.rendering import render
from brainsmith_kernels.layernorm.cost import COST, word_buffer
from brainsmith_kernels.layernorm.specification import LayerNormSpecification

_FOLDER = Path(__file__).parent


class LayerNormHLS(HlsBackend):
    """Four processes that work on different rows: sums, root, its reciprocal, products."""

    specification = LayerNormSpecification
    cost = COST

    @classmethod
    def files(cls, parameters: LayerNormSpecification) -> dict[str, str]:
        """The kernel as a header, and the top function."""
        name, depth = parameters.module_name, word_buffer(parameters) + cls.slack
        quotient = constant_quotient(
            parameters.dividend, parameters.root_bits, parameters.reciprocal_bits, parameters.words
        )
        header = render(_FOLDER, "layernorm.hpp.jinja", name=name, p=parameters, depth=depth, **quotient)
        return {
            f"{name}.hpp": header,
            f"{name}.cpp": render(_FOLDER, "top.cpp.jinja", name=name, p=parameters),
        }
