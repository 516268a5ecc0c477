# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The tools that simulate and synthesise, each found or named with the line that installs it."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from brainsmith_core.errors import ToolError

_INSTALL = {
    "g++": "apt-get install g++",
    "verilator": "apt-get install verilator",
    "yosys": "apt-get install yosys",
    "make": "apt-get install make",
}
HLS_HEADERS = "pip install --no-deps hls4ml==1.3.0"


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
