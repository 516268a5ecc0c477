# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""LutActivationHLS: the kernel in C++ for high-level synthesis."""

from __future__ import annotations

from pathlib import Path

from brainsmith_kernels.hardware.backend import HlsBackend
from brainsmith_kernels.hardware.rendering import render
from brainsmith_kernels.lut_activation.cost import COST
from brainsmith_kernels.lut_activation.specification import LutActivationSpecification

_FOLDER = Path(__file__).parent


class LutActivationHLS(HlsBackend):
    """One table, read by each lane; a word in each iteration."""

    specification = LutActivationSpecification
    cost = COST

    @classmethod
    def files(cls, parameters: LutActivationSpecification) -> dict[str, str]:
        """The kernel as a header, and the top function."""
        name, values = parameters.module_name, {"p": parameters, "entries": parameters.by_bits()}
        return {
            f"{name}.hpp": render(_FOLDER, "lut_activation.hpp.jinja", name=name, **values),
            f"{name}.cpp": render(_FOLDER, "top.cpp.jinja", name=name, p=parameters),
        }
