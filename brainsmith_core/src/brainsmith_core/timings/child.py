# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The process in which one thing is measured: ``python -m brainsmith_core.timings.child REQUEST ANSWER``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from brainsmith_core.timings.cost import measured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(request: str, answer: str) -> None:
    """Measure what a file asks for, and write what it took to another.

    Asked for is listing the ``pack`` of a registration name, or loading the ``plugin`` of an id, both found
    on the path of the process that asks.
    """
    asked = json.loads(Path(request).read_text("utf-8"))
    sys.path[:] = asked["path"]
    found = _listing(asked["name"]) if asked["what"] == "pack" else _loading(asked["name"])
    Path(answer).write_text(json.dumps(found), encoding="utf-8")


def _listing(name: str) -> dict[str, Any]:
    from brainsmith_core.discovery.collect import collect, new_hook_manager
    from brainsmith_core.discovery.entry_points import installed_packs

    (ref,) = [ref for ref in installed_packs() if ref.registration_name == name]
    hooks = new_hook_manager()
    packs = []
    found = measured(lambda: packs.append(collect(ref, hooks)), ref.module)
    for pack in packs:
        found["plugins"] = len(pack.records)
        found["error"] = pack.failure.reason if pack.failure else found["error"]
    return found


def _loading(name: str) -> dict[str, Any]:
    from brainsmith_core.manager import PluginManager

    manager = PluginManager()
    registry = manager.unchecked_registry
    record = registry[name]
    # What surrounds an import is known only once its pack has been asked.
    assert manager.frameworks is not None
    return measured(lambda: registry.load(record), record.module)


if __name__ == "__main__":
    main(*sys.argv[1:])
