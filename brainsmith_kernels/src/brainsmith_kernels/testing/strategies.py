# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Strategies with which hypothesis draws the parameter sets of a kernel."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from brainsmith_kernels.hardware.integer_type import IntegerType


def parameter_strategy(
    *,
    sizes: tuple[int, int] = (1, 24),
    input_bits: tuple[int, int] = (2, 8),
    output_bits: tuple[int, int] = (2, 8),
    **fields: st.SearchStrategy[object],
) -> st.SearchStrategy[Mapping[str, object]]:
    """Sets in which ``simd`` divides ``size``, and types of some bits are signed or not.

    ``fields`` are strategies for what else the kernel has; bounds are inclusive.
    """

    @st.composite
    def draw_set(draw: st.DrawFn) -> Mapping[str, object]:
        size = draw(st.integers(*sizes))
        given: dict[str, object] = {
            "size": size,
            "simd": draw(st.sampled_from([width for width in range(1, size + 1) if size % width == 0])),
            "input_type": draw(_types(input_bits)),
            "output_type": draw(_types(output_bits)),
        }
        return given | {name: draw(strategy) for name, strategy in fields.items()}

    return draw_set()


def _types(bits: tuple[int, int]) -> st.SearchStrategy[str]:
    return st.builds(lambda width, signed: str(IntegerType(width, signed)), st.integers(*bits), st.booleans())
