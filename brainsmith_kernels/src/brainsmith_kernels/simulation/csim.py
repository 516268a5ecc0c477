# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The simulation of generated HLS C++ with g++."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from brainsmith_core.tools import find_hls_headers, find_tool, run_bounded
from brainsmith_kernels.hardware.stream import Stream
from brainsmith_kernels.simulation.simulator import Simulator, write_files

HARNESS = Path(__file__).parent / "row_stream.cpp"


class CppSimulator(Simulator):
    """A kernel's C++, compiled with the vendor's integer types; it proves numbers and knows no clock."""

    counts_cycles = False

    def __init__(
        self, files: Mapping[str, str], top: str, source: Stream, sink: Stream, folder: Path
    ) -> None:
        folder = folder.resolve()
        super().__init__(source, sink, folder)
        compiler, headers = find_tool("g++"), find_hls_headers()
        version = run_bounded([compiler, "-dumpfullversion"], self._made(), seconds=30).strip()
        self.tool = f"g++ {version}"
        paths = write_files(files, folder)
        self._program = folder / "csim"
        macros = {
            "KERNEL_HEADER": f'"{top}.hpp"',
            "KERNEL": top,
            "BITS_IN": source.bits,
            "BITS_OUT": sink.bits,
            "WORDS_OUT": sink.words_per_row,
        }
        words = [compiler, "-std=c++14", "-O2", "-w", f"-isystem{headers}", f"-I{folder}"]
        words += [f"-D{name}={value}" for name, value in macros.items()]
        words += [str(path) for path in paths if path.suffix == ".cpp"]
        run_bounded([*words, str(HARNESS), "-o", str(self._program)], folder, seconds=300)

    def _command(
        self, words: Path, result: Path, count: int, stalls: tuple[float, float], restart: int, seed: int
    ) -> list[str | Path]:
        return [self._program, words, result, str(count)]
