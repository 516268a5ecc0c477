# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The simulation of generated SystemVerilog with Verilator."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from brainsmith_core.tools import find_tool, run_bounded
from brainsmith_kernels.hardware.stream import Stream
from brainsmith_kernels.simulation.simulator import Simulator, write_files

HARNESS = Path(__file__).parent / "axi_stream.cpp"
#: Everything that Verilator says is an error, but for what some parameters make of a template that is right
#: for all: widths that differ, limits that cannot be reached, bits that nobody reads.
WARNINGS = ("-Wall", "-Wno-WIDTH", "-Wno-CMPCONST", "-Wno-UNUSED", "-Wno-DECLFILENAME")


class RtlSimulator(Simulator):
    """A kernel's RTL, built once and run on words; both streams may stall at random."""

    counts_cycles = True

    def __init__(
        self, files: Mapping[str, str], top: str, source: Stream, sink: Stream, folder: Path
    ) -> None:
        folder = folder.resolve()
        super().__init__(source, sink, folder)
        verilator, make, _ = find_tool("verilator"), find_tool("make"), find_tool("g++")
        version = run_bounded([verilator, "--version"], self._made(), seconds=30).strip()
        self.tool = " ".join(version.split()[:2])
        paths = write_files(files, folder)
        objects, library = folder / "verilated", _cache(version)
        words = [verilator, "--cc", "--exe", "-O3", *WARNINGS, "-CFLAGS", "-O1", "--Mdir", str(objects)]
        words += ["--x-assign", "unique", "--x-initial", "unique"]
        words += ["--top-module", top, "--prefix", "Vtop", *map(str, paths)]
        run_bounded([*words, str(HARNESS)], folder, seconds=300)
        for part in library.glob("*.o"):
            # Verilator's own library is the same for every kernel and takes longest to compile.
            if not (objects / part.name).exists():
                shutil.copy(part, objects)
        run_bounded([make, "-C", str(objects), "-f", "Vtop.mk", "Vtop"], folder, seconds=600)
        _keep(objects, library)
        self._program = objects / "Vtop"

    def _command(
        self, words: Path, result: Path, count: int, stalls: tuple[float, float], restart: int, seed: int
    ) -> list[str | Path]:
        sizes = (self.source.word_bytes, self.sink.word_bytes, count)
        traffic = (*(round(100 * stall) for stall in stalls), restart, seed)
        return [self._program, words, result, *map(str, sizes), *map(str, traffic)]


def lint(files: Mapping[str, str], top: str, folder: Path, *, warnings: Sequence[str] = WARNINGS) -> None:
    """Raise ``HardwareError`` with what Verilator has to say about the files, if anything."""
    folder.mkdir(parents=True, exist_ok=True)
    verilator = find_tool("verilator")
    paths = write_files(files, folder)
    run_bounded([verilator, "--lint-only", *warnings, "--top-module", top, *paths], folder, seconds=120)


def _cache(version: str) -> Path:
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "brainsmith" / "verilated" / hashlib.sha256(version.encode()).hexdigest()[:16]


def _keep(objects: Path, library: Path) -> None:
    try:
        library.mkdir(parents=True, exist_ok=True)
        for part in objects.glob("verilated*.o"):
            if not (library / part.name).exists():
                temporary = library / f"{part.name}.{os.getpid()}"
                shutil.copy(part, temporary)
                temporary.replace(library / part.name)
    except OSError:
        # Only a little time is lost where nothing can be kept.
        pass
