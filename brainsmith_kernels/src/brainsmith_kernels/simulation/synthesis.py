# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The synthesis of generated SystemVerilog with yosys, for cell counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from brainsmith_core.errors import HardwareError
from brainsmith_core.hardware import Resources
from brainsmith_core.tools import find_tool, run_bounded
from brainsmith_kernels.simulation.simulator import write_files

#: Device families as yosys calls them: Zynq-7000 and other 7-series, UltraScale+.
FAMILIES = ("xc7", "xcup")

#: The look-up tables that a cell occupies, for those that are built from some (UG474, UG574).
_LUTS = {
    **{f"LUT{inputs}": 1 for inputs in range(1, 7)},
    "INV": 1,
    "SRL16E": 1,
    "SRLC32E": 1,
    "RAM32X1S": 1,
    "RAM64X1S": 1,
    "RAM32X1D": 2,
    "RAM64X1D": 2,
    "RAM128X1D": 4,
    "RAM32M": 4,
    "RAM64M": 4,
    "RAM32M16": 8,
    "RAM64M8": 8,
}
_FLIP_FLOPS = ("FDRE", "FDSE", "FDCE", "FDPE", "FDRE_1", "FDSE_1", "FDCE_1", "FDPE_1")
_DSPS = ("DSP48E1", "DSP48E2")
_BRAMS = {"RAMB18E1": 1, "RAMB18E2": 1, "RAMB36E1": 2, "RAMB36E2": 2}
#: Cells that occupy none of the counted sites.
_FREE = ("CARRY4", "CARRY8", "MUXF7", "MUXF8", "MUXF9", "BUFG", "IBUF", "OBUF", "GND", "VCC", "$scopeinfo")


def synthesize(files: Mapping[str, str], top: str, family: str, folder: Path) -> Resources:
    """The cells of a flattened synthesis for a device family, ``xc7`` or ``xcup``.

    No place and route: timing is unknown, and the vendor's tool may choose other memories. Raises
    ``HardwareError`` for another family, for files that yosys refuses, or after 10 minutes or 6 GB.
    """
    if family not in FAMILIES:
        raise HardwareError(f"{family!r} is no device family", remedy=f"choose one of {', '.join(FAMILIES)}")
    yosys = find_tool("yosys")
    paths = write_files(files, folder)
    version = yosys_version(folder)
    script = [
        f"read_verilog -sv {' '.join(path.name for path in paths)}",
        f"synth_xilinx -flatten -noiopad -noclkbuf -family {family} -top {top}",
        "tee -q -o cells.json stat -json",
    ]
    run_bounded([yosys, "-q", "-p", "; ".join(script)], folder, seconds=600, gigabytes=6)
    cells = json.loads((folder / "cells.json").read_text())["design"]["num_cells_by_type"]
    return _count(cells, family, f"{version} synth_xilinx")


def yosys_version(folder: Path) -> str:
    """Such as ``yosys 0.23``."""
    return " ".join(run_bounded([find_tool("yosys"), "-V"], folder, seconds=30).split()[:2]).lower()


def _count(cells: Mapping[str, int], family: str, source: str) -> Resources:
    unknown = sorted(set(cells) - {*_LUTS, *_FLIP_FLOPS, *_DSPS, *_BRAMS, *_FREE})
    if unknown:
        raise HardwareError(
            f"the synthesis left cells that nobody counts: {', '.join(unknown)}",
            remedy="install the version of yosys that the committed numbers name",
        )

    def total(weights: Mapping[str, int]) -> int:
        return sum(weights[cell] * number for cell, number in cells.items() if cell in weights)

    return Resources(
        family=family,
        lut=total(_LUTS),
        ff=total(dict.fromkeys(_FLIP_FLOPS, 1)),
        dsp=total(dict.fromkeys(_DSPS, 1)),
        bram18=total(_BRAMS),
        source=source,
        measured=True,
    )
