# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The tools that simulate and synthesise: found, or named with the line that installs them, and bounded."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from brainsmith_core.errors import HardwareError, ToolError

_INSTALL = {
    "g++": "apt-get install g++",
    "verilator": "apt-get install verilator",
    "yosys": "apt-get install yosys",
    "make": "apt-get install make",
}
HLS_HEADERS = "pip install --no-deps hls4ml==1.3.0"
_SHOWN = 1500


def find_tool(name: str) -> str:
    """The path of an executable; ``ToolError`` with the line that installs it."""
    path = shutil.which(name)
    if path is None:
        raise ToolError(f"{name} is not installed", remedy=_INSTALL[name])
    return path


def find_hls_headers() -> Path:
    """The folder of ``ap_int.h`` and ``hls_stream.h``; ``ToolError`` with the line that installs them.

    They are those of AMD's simulation headers that the wheel of hls4ml carries. The package is found and not
    imported, since it is installed without what it depends on.
    """
    spec = find_spec("hls4ml")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(location) / "templates" / "vivado" / "ap_types"
        if (folder / "ap_int.h").is_file() and (folder / "hls_stream.h").is_file():
            return folder
    raise ToolError("the headers of arbitrary-precision integers are not installed", remedy=HLS_HEADERS)


def run_bounded(
    words: Sequence[str | Path],
    folder: Path,
    *,
    seconds: int,
    gigabytes: int = 4,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a command in a folder and return what it printed.

    Raises ``HardwareError`` with the end of its output if it fails, takes longer than the seconds or wants
    more address space than the gigabytes; nothing of it is left running.
    """
    command = [str(word) for word in words]
    limited = ["sh", "-c", 'ulimit -v "$0" && exec "$@"', str(gigabytes << 20), *command]
    process = subprocess.Popen(
        limited,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    name = Path(command[0]).name
    try:
        printed, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise HardwareError(
            f"{name} took longer than {seconds} s", place=str(folder), remedy="choose smaller parameters"
        ) from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        shown = printed[-_SHOWN:].strip()
        fact = f"{name} ended with status {process.returncode} (at most {gigabytes} GB):\n{shown}"
        remedy = "mend the kernel's sources, or report it to their authors"
        raise HardwareError(fact, place=str(folder), remedy=remedy)
    return printed
