# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Simulation: a program made of a kernel's files, fed with words as FINN packs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from brainsmith_core.hardware import Port
from brainsmith_core.tools import find_hls_headers, find_tool, run_bounded

_FOLDER = Path(__file__).parent
_RTL_HARNESS = _FOLDER / "axi_streams.cpp"
_HLS_HARNESS = _FOLDER / "hls_streams.cpp"


def verilated(top: str, sources: Sequence[Path], inputs: Sequence[Port], outputs: Sequence[Port]) -> Path:
    """The program of a module with AXI streams, built by Verilator beside its first source.

    Raises ``ToolError`` for a tool that is not installed, ``HardwareError`` for sources it refuses.
    """
    verilator = find_tool("verilator")
    find_tool("make")
    find_tool("g++")
    folder = sources[0].parent
    lists = {"INPUTS": inputs, "OUTPUTS": outputs}
    header = "".join(
        f"#define {name}(PORT) {' '.join(f'PORT({port.name}, {port.bits // 8})' for port in ports)}\n"
        for name, ports in lists.items()
    )
    (folder / "ports.h").write_text(header, encoding="utf-8")
    objects = folder / "verilated"
    words = [verilator, "--cc", "--exe", "--build", "-O3", "-Wno-fatal", "-Wno-lint", "-CFLAGS"]
    words += [f"-O1 -I{folder.absolute()}", "--Mdir", str(objects), "--top-module", top, "--prefix", "Vtop"]
    run_bounded([*words, *sources, _RTL_HARNESS], folder, seconds=600)
    return objects / "Vtop"


def hls_program(
    function: str, inputs: Sequence[tuple[Port, int]], outputs: Sequence[tuple[Port, int]]
) -> str:
    """The source of a program that calls a kernel's C++ function once for each row.

    Each port comes with the bits of its words. The header is that which the function is called after.
    """
    lines = [f'#include "{function}.hpp"']
    for name, streams in (("INPUTS", inputs), ("OUTPUTS", outputs)):
        listed = [f"PORT({port.name}, {bits}, {port.words_per_row})" for port, bits in streams]
        lines.append(f"#define {name}(PORT) {' '.join(listed)}")
    arguments = ", ".join(f"{port.name}.words" for port, _ in (*inputs, *outputs))
    lines.append(f"#define ROW {function}({arguments})")
    return "\n".join([*lines, _HLS_HARNESS.read_text(encoding="utf-8")])


def compiled(source: Path) -> Path:
    """The program of such a source, built by g++ beside it with the arbitrary-precision headers.

    Raises ``ToolError`` for what is not installed, ``HardwareError`` for a source that does not compile.
    """
    program = source.parent / "node_model"
    words = [find_tool("g++"), "-std=c++14", "-O1", "-w", f"-isystem{find_hls_headers()}", str(source)]
    run_bounded([*words, "-o", program], source.parent, seconds=300)
    return program


def run(
    program: Path,
    folder: Path,
    words: Mapping[str, Sequence[int]],
    ports: Sequence[Port],
    rows: int,
) -> tuple[dict[str, list[int]], str]:
    """The words that come out of each port for those that go in, and what the program printed.

    Raises ``HardwareError`` if the kernel hangs, or gives too few words or too many.
    """
    for port in ports:
        if port.direction == "in":
            size = port.bits // 8
            packed = b"".join(word.to_bytes(size, "little") for word in words[port.name])
            (folder / f"{port.name}.bin").write_bytes(packed)
    counts = [str(rows * port.words_per_row) for port in ports if port.direction == "out"]
    printed = run_bounded([program.absolute(), str(rows), *counts], folder, seconds=1800)
    return {port.name: _unpacked(folder, port) for port in ports if port.direction == "out"}, printed


def _unpacked(folder: Path, port: Port) -> list[int]:
    octets, size = (folder / f"{port.name}.bin").read_bytes(), port.bits // 8
    return [int.from_bytes(octets[at : at + size], "little") for at in range(0, len(octets), size)]
