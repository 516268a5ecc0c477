# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Writes what the packs of this repository have, as installed here, into core's known_packs.json.

Run it where all of them and FINN are installed; a pack without its framework keeps what the file says.
"""

from __future__ import annotations

import json
from pathlib import Path

from brainsmith_core import known_packs
from brainsmith_core.configuration import Configuration
from brainsmith_core.manager import PluginManager
from brainsmith_core.records import TYPES

FILE = Path(known_packs.__file__).with_name("known_packs.json")


def main() -> None:
    """Bring the file up to date."""
    registry = PluginManager(Configuration()).registry
    packs = json.loads(FILE.read_text("utf-8"))
    for pack in packs:
        if registry.find(source=pack["source"]):
            pack |= {type_: names(registry, type_, pack["source"]) for type_ in TYPES}
    FILE.write_text(json.dumps(packs, indent=2) + "\n", encoding="utf-8")


def names(registry: object, type_: str, source: str) -> list[str]:
    """What a pack offers by name."""
    found = registry.find(type_, source=source, registered=True)  # type: ignore[attr-defined]
    return sorted({record.name for record in found})


if __name__ == "__main__":
    main()
