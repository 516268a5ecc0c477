# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The tables of ``hardware.md``: made from the measured points that the kernels carry.

Run ``python docs/generate_hardware.py`` after a measurement or a change of a fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from brainsmith_kernels.hardware.backend import Backend
from brainsmith_kernels.layernorm.rtl import LayerNormRTL
from brainsmith_kernels.lut_activation.rtl import LutActivationRTL
from brainsmith_kernels.rmsnorm.rtl import RMSNormRTL
from brainsmith_kernels.softmax.rtl import SoftmaxRTL

PAGE = Path(__file__).parent / "hardware.md"
BACKENDS: tuple[type[Backend], ...] = (LayerNormRTL, RMSNormRTL, SoftmaxRTL, LutActivationRTL)
FAMILIES = ("xc7", "xcup")
CELLS = ("lut", "ff", "dsp", "bram18")
#: The point of each kernel that the comparison is made with.
COMPARED = {"size": "384", "simd": "8"}


def lanes() -> Iterator[str]:
    """A lane of each kernel: the cells of a measured point, divided by its lanes."""
    yield "| Kernel, point | xc7 LUT / FF / DSP / RAMB18 of a lane | xcup |"
    yield "|---|---|---|"
    for backend in BACKENDS:
        given = {"simd": "4"} if backend is LutActivationRTL else COMPARED
        parameters = backend.parse(given)
        cells = []
        for family in FAMILIES:
            found = backend.resources(parameters, family).as_dict()
            cells.append(" / ".join(f"{found[cell] / parameters.simd:.3g}" for cell in CELLS))
        words = (
            f"any/{parameters.simd}"
            if backend is LutActivationRTL
            else f"{parameters.size}/{parameters.simd}"
        )
        types = f"{parameters.input_type} → {parameters.output_type}"
        yield f"| {parameters.kernel} {words}, {types} | {cells[0]} | {cells[1]} |"


def points() -> Iterator[str]:
    """Every measured point."""
    yield "| Kernel | Parameters beside the defaults | xc7 LUT / FF / DSP / RAMB18 | xcup |"
    yield "|---|---|---|---|"
    for backend in BACKENDS:
        found: dict[str, dict[str, str]] = {}
        for point in backend.cost.points():
            given = " ".join(f"{name}={text}" for name, text in point["parameters"].items())
            found.setdefault(given, {})[point["family"]] = " / ".join(str(point[cell]) for cell in CELLS)
        for given, cells in found.items():
            row = " | ".join(cells.get(family, "took too long") for family in FAMILIES)
            yield f"| {backend.specification.kernel} | {given} | {row} |"


def fits() -> Iterator[str]:
    """How far estimates are off: each point estimated from all others."""
    yield "| Kernel, family | Points | LUT | FF | DSP | RAMB18 |"
    yield "|---|---|---|---|---|---|"
    for backend in BACKENDS:
        for family in FAMILIES:
            errors = backend.cost.leave_one_out(family)
            cells = []
            for cell in CELLS:
                sizes = sorted(abs(error) for error in errors[cell])
                cells.append(f"{sizes[len(sizes) // 2]:.0%}, at most {sizes[-1]:.0%}")
            yield f"| {backend.specification.kernel}, {family} | {len(sizes)} | {' | '.join(cells)} |"


TABLES: dict[str, Callable[[], Iterator[str]]] = {"lanes": lanes, "points": points, "fits": fits}


def filled(page: str) -> str:
    """The page with its tables made anew, each between two comments that bear its name."""
    for name, table in TABLES.items():
        text = "\n".join(table())
        pattern = rf"(<!-- {name}: [^>]*-->\n\n).*?(\n\n<!-- end of {name} -->)"
        page, count = re.subn(
            pattern, lambda found, text=text: found[1] + text + found[2], page, flags=re.DOTALL
        )
        assert count == 1, name
    return page


def main() -> None:
    """Write the page whole, then put it in its place."""
    part = PAGE.with_suffix(".part")
    part.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    part.replace(PAGE)


if __name__ == "__main__":
    main()
