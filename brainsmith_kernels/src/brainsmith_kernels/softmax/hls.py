# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""SoftmaxHLS: the kernel in C++ for high-level synthesis."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.backend import HlsBackend
from brainsmith_kernels.hardware.digit_recurrence import constant_quotient
from brainsmith_kernels.hardware.rendering import render
from brainsmith_kernels.softmax.cost import COST, power_words, word_buffer
from brainsmith_kernels.softmax.specification import SoftmaxSpecification

_FOLDER = Path(__file__).parent


class SoftmaxHLS(HlsBackend):
    """Four processes that work on different rows: maximum, powers and sum, reciprocal, products."""

    specification = SoftmaxSpecification
    cost = COST

    @classmethod
    def files(cls, parameters: SoftmaxSpecification) -> dict[str, str]:
        """The kernel as a header, and the top function."""
        name = parameters.module_name
        quotient = constant_quotient(
            parameters.dividend, parameters.sum_bits, parameters.reciprocal_bits, parameters.words
        )
        header = render(
            _FOLDER,
            "softmax.hpp.jinja",
            name=name,
            p=parameters,
            word_depth=word_buffer(parameters) + cls.slack,
            power_depth=power_words(parameters) + cls.slack,
            **quotient,
        )
        return {
            f"{name}.hpp": header,
            f"{name}.cpp": render(_FOLDER, "top.cpp.jinja", name=name, p=parameters),
        }
