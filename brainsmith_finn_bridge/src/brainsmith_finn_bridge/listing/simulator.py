# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Simulator: what FINN's interface to Vivado's simulator lacks on this machine."""

from __future__ import annotations

import re
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: What is built with a Vivado, where that is: no package index has it.
PACKAGES = ("finn_xsi", "xsi")
BUILD = "source <Vivado>/settings64.sh; python -m finn.xsi.setup"

_VERSION = re.compile(r"\b20\d\d\.[12]\b")


def missing(door: Path, environment: Mapping[str, str]) -> str:
    """What finn-plus's simulator interface lacks, a Vivado or its own library built with that.

    Nothing if it lacks none. ``door`` is the file of the interface, ``finn.xsi``. A listing does not ask:
    what surrounds an import, ``environment.finn_environment``, gives the interface's names a meaning where
    there is no Vivado, so that a plugin is loaded without one, and only simulating needs it.
    """
    vivado = environment.get("XILINX_VIVADO")
    if vivado is None:
        return "there is no Vivado: the environment variable XILINX_VIVADO is not set"
    if not _VERSION.search(vivado):
        return f"XILINX_VIVADO={vivado} does not end in a version such as 2022.2"
    if not (Path(vivado) / "data" / "xsim" / "include").is_dir() and not _is_built(door):
        return f"there is no Vivado at XILINX_VIVADO={vivado}, and finn_xsi is not built"
    return ""


def _is_built(door: Path) -> bool:
    # FINN builds the library itself when a Vivado is there, beside its own package.
    home = door.parents[2]
    return any((place / "finn_xsi" / "xsi.so").is_file() for place in (home, home.parent))
