# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The page on hardware: its tables are those of the measured points, and its formulas those of the costs."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from brainsmith_kernels.layernorm.rtl import LayerNormRTL
from brainsmith_kernels.rmsnorm.rtl import RMSNormRTL
from brainsmith_kernels.softmax.rtl import SoftmaxRTL

DOCS = Path(__file__).resolve().parents[2] / "docs"
SPEC = importlib.util.spec_from_file_location("generate_hardware", DOCS / "generate_hardware.py")
generate = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(generate)
PAGE = (DOCS / "hardware.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["lanes", "points"])
def test_a_table_of_measurements_is_the_measurements(name):
    assert "\n".join(generate.TABLES[name]()) in PAGE, "run: python docs/generate_hardware.py"


def test_the_errors_of_estimates_are_those_of_the_fits():
    shown, made = (
        re.findall(r"(\d+)%", text) for text in (PAGE.split("<!-- fits")[1], "\n".join(generate.fits()))
    )
    assert len(shown) == len(made) > 30
    # A library of linear algebra may turn a rounding.
    off = [(old, new) for old, new in zip(shown, made, strict=True) if abs(int(old) - int(new)) > 2]
    assert off == [], "run: python docs/generate_hardware.py"


@pytest.mark.parametrize("size", ["64", "16", "384"])
def test_the_fixed_numbers_of_cycles_are_those_of_the_formulas(size):
    given = {"size": size, "simd": "8"}
    for backend, constant in ((LayerNormRTL, 11), (RMSNormRTL, 10)):
        p = backend.parse(given)
        assert backend.cost.latency(p) == p.words + constant + p.root_bits + p.reciprocal_bits
    p = SoftmaxRTL.parse(given)
    assert SoftmaxRTL.cost.latency(p) == 2 * p.words + 10 + p.reciprocal_bits
