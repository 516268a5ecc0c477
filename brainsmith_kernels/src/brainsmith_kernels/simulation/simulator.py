# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A simulator: a program made of a kernel's files that turns input words into output words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from brainsmith_core.tools import run_bounded
from brainsmith_kernels.hardware.stream import Array, Stream


class Simulator(ABC):
    """What the simulators of both languages have in common; made by its constructor, below a folder."""

    #: Whether a run says how many clock cycles it took.
    counts_cycles: ClassVar[bool]
    tool: str

    def __init__(self, source: Stream, sink: Stream, folder: Path) -> None:
        self.source = source
        self.sink = sink
        self.folder = folder

    def run(
        self,
        rows: Array,
        *,
        stall: float = 0.0,
        sink_stall: float | None = None,
        restart: int = 0,
        seed: int = 0,
    ) -> tuple[Array, int | None]:
        """The rows that come out, and the cycles from the first word in to the last word out, if counted.

        ``stall`` is the share of cycles in which either stream stands still, ``sink_stall`` that of the
        output where it is another. After ``restart`` cycles, if any, the kernel is reset, whatever it is
        doing, and all rows begin anew. A simulator without a clock knows none of them.
        Raises ``HardwareError`` if the kernel hangs, violates the protocol or returns too few words.
        """
        words, result = self.folder / "words_in.bin", self.folder / "words_out.bin"
        words.write_bytes(self.source.pack(rows))
        count = len(rows) * self.sink.words_per_row
        stalls = (stall, stall if sink_stall is None else sink_stall)
        command = self._command(words, result, count, stalls, restart, seed)
        printed = run_bounded(command, self.folder, seconds=1800)
        return self.sink.unpack(result.read_bytes()), int(printed) if self.counts_cycles else None

    @abstractmethod
    def _command(
        self, words: Path, result: Path, count: int, stalls: tuple[float, float], restart: int, seed: int
    ) -> list[str | Path]:
        """The program with its arguments."""

    def _made(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder


def write_files(files: Mapping[str, str], folder: Path) -> list[Path]:
    """Write generated files and return their paths, in the files' order.

    A file that is there already with the same text is left alone, so that tools need not build it again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return [folder / name for name in files]
