# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Simulator: what FINN's interface to Vivado's simulator lacks on this machine."""

from __future__ import annotations

import re
from pathlib import Path

from brainsmith_finn_bridge.listing.obstacle import Obstacle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from brainsmith_core.discovery.source import ModuleSource

#: What is built with a Vivado, where that is: no package index has it.
PACKAGES = ("finn_xsi", "xsi")
BUILD = "source <Vivado>/settings64.sh; python -m finn.xsi.setup"

_MODULE = "finn.xsi"
_CHECK = "ensure_available"
_VERSION = re.compile(r"\b20\d\d\.[12]\b")


def is_door(source: ModuleSource) -> bool:
    """Whether a module is finn-plus's interface, whose names want a Vivado when they are looked up."""
    return source.name == _MODULE and _CHECK in source.bindings


def obstacles(door: ModuleSource, environment: Mapping[str, str]) -> Iterator[Obstacle]:
    """What finn-plus's simulator interface lacks: settings, a Vivado, its own library built with that."""
    if "FINN_BUILD_DIR" not in environment and not Path(environment.get("FINN_SETTINGS", "")).is_file():
        fact = "FINN's settings are not initialised: neither FINN_BUILD_DIR nor FINN_SETTINGS is set"
        yield Obstacle(fact, remedy="export FINN_BUILD_DIR=<a folder for FINN's files>")
    vivado = environment.get("XILINX_VIVADO")
    if vivado is None:
        fact = "there is no Vivado: the environment variable XILINX_VIVADO is not set"
        yield Obstacle(fact, remedy="source <Vivado>/settings64.sh")
    elif not _VERSION.search(vivado):
        fact = f"XILINX_VIVADO={vivado} does not end in a version such as 2022.2"
        yield Obstacle(fact, remedy="source <Vivado>/settings64.sh")
    elif not (Path(vivado) / "data" / "xsim" / "include").is_dir() and not _is_built(door):
        fact = f"there is no Vivado at XILINX_VIVADO={vivado}, and finn_xsi is not built"
        yield Obstacle(fact, remedy=BUILD)


def _is_built(door: ModuleSource) -> bool:
    # FINN builds the library itself when a Vivado is there, beside its own package.
    home = Path(door.path).parents[2]
    return any((place / "finn_xsi" / "xsi.so").is_file() for place in (home, home.parent))
