# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The kernels pass the suite that any pack's kernels inherit."""

from __future__ import annotations

from hypothesis import strategies as st

from brainsmith_kernels.testing import KernelConformance, parameter_strategy

#: Besides the defaults: odd sizes and widths, unsigned inputs, more bits out than in, one element in each
#: word; with scales under which results use the range of their type.
ODD = {"size": 15, "simd": 5, "input_type": "UINT5", "output_type": "INT7", "output_scale": 2.0**-6}
WIDE = {"size": 16, "simd": 2, "input_type": "INT4", "output_type": "UINT16", "output_scale": 2.0**-13}
NARROW = {"size": 9, "simd": 1, "input_type": "INT3", "output_type": "UINT3"}
NARROW |= {"input_scale": 2.0**-1, "output_scale": 2.0**-3}
SCALES = st.integers(-8, 0).map(lambda power: 2.0**power)
FRACTIONS = st.integers(-16, -1).map(lambda power: 2.0**power)


class Hardware(KernelConformance):
    domain = "finn_brainsmith"
    parameter_sets = ({}, ODD, WIDE, NARROW)


class TestLayerNorm(Hardware):
    kernel = "brainsmith:LayerNorm"
    strategy = parameter_strategy(sizes=(2, 12), input_scale=SCALES, output_scale=SCALES)


class TestRMSNorm(Hardware):
    kernel = "brainsmith:RMSNorm"
    strategy = parameter_strategy(sizes=(2, 12), input_scale=SCALES, output_scale=SCALES)


class TestSoftmax(Hardware):
    kernel = "brainsmith:Softmax"
    strategy = parameter_strategy(input_scale=SCALES, output_scale=FRACTIONS)


class TestLutActivation(Hardware):
    kernel = "brainsmith:LutActivation"
    strategy = parameter_strategy(function=st.sampled_from(["gelu", "tanh", "sigmoid"]), input_scale=SCALES)
