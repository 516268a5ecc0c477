# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A second simulator, which knows unknown values: Icarus Verilog, with a test bench of a page."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from brainsmith_core.tools import run_bounded
from brainsmith_kernels.hardware.stream import Stream
from brainsmith_kernels.simulation.simulator import Simulator, write_files

_BENCH = Path(__file__).parent / "icarus_bench.v"
#: Fails on whatever the test bench printed that is no number.
_FROM_HEX = """
import sys
open(sys.argv[1], "wb").write(bytes.fromhex(open("words_out.hex").read()))
"""


class IcarusSimulator(Simulator):
    """RTL in Icarus Verilog: everything that no reset has set is unknown, and so is what depends on it."""

    counts_cycles = False

    def __init__(
        self, files: Mapping[str, str], top: str, source: Stream, sink: Stream, folder: Path
    ) -> None:
        super().__init__(source, sink, folder)
        compiler = shutil.which("iverilog") or "iverilog"
        self.tool = " ".join(run_bounded([compiler, "-V"], self._made(), seconds=30).split()[:4])
        paths = write_files(files, folder)
        macros = {"KERNEL": top, "BITS_IN": source.padded_bits, "BITS_OUT": sink.padded_bits}
        words = [compiler, "-g2012", *(f"-D{name}={value}" for name, value in macros.items())]
        run_bounded([*words, "-o", folder / "bench", *paths, _BENCH], folder, seconds=300)

    def _command(
        self, words: Path, result: Path, count: int, stalls: tuple[float, float], restart: int, seed: int
    ) -> list[str | Path]:
        size = self.source.word_bytes
        octets = np.frombuffer(words.read_bytes(), np.uint8).reshape(-1, size)
        text = "".join(f"{line[::-1].tobytes().hex()}\n" for line in octets)
        (self.folder / "words_in.hex").write_text(text)
        arguments = f"+words={len(octets)} +wanted={count} +stall={round(100 * stalls[0])} +seed={seed}"
        script = f'vvp -n bench {arguments} > words_out.hex && exec "$0" -c "$1" "$2"'
        return ["sh", "-c", script, sys.executable, _FROM_HEX, result]
