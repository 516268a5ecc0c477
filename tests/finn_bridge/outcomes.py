# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What happens when each module with a plugin is really imported, beside what the listing predicts, as JSON.

Run as a script in a process of its own: ``python outcomes.py BLOCKED…``, where the named packages are hidden
from the import system as if they were not installed. A module that should not import is tried in a copy of
its own of a process that has imported nothing of FINN; those that should are tried in one copy, or with
``--fresh`` in one each, which takes minutes. Packages that FINN uses are loaded beforehand, to save time.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import json
import os
import sys
import warnings
from typing import Any

PRELOADED = (
    "torch",
    "onnxruntime",
    "onnxscript",
    "onnx_passes",
    "pandas",
    "sklearn",
    "scipy.stats",
    "pydantic",
)


class Blocker(importlib.abc.MetaPathFinder):
    """Hides packages."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: Any, target: Any = None) -> None:
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def main(words: list[str]) -> None:
    """Predict, import, print both by module."""
    warnings.simplefilter("ignore")
    out, sys.stdout = sys.stdout, sys.stderr
    blocked = [word for word in words if not word.startswith("--")]
    sys.meta_path.insert(0, Blocker(blocked))
    predicted = prediction()
    assert not {"finn", "qonnx", "onnx", "torch"} & set(sys.modules), "the listing has imported a framework"
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    expected = [module for module, fault in predicted.items() if not fault]
    real = {} if "--fresh" in words else import_faults(expected)
    for module in predicted:
        if module not in real:
            real |= import_faults([module])
    found = {module: {"predicted": predicted[module], "real": real[module]} for module in predicted}
    json.dump(found, out, indent=1)


def prediction() -> dict[str, str]:
    from brainsmith_finn_bridge.adapter import FINNAdapter

    return {record.module: record.unavailable for record in FINNAdapter().discover_plugins()}


def import_faults(modules: list[str]) -> dict[str, str]:
    """What each import says in one child process, ``''`` where it succeeds."""
    from brainsmith_finn_bridge.adapter import FINNAdapter

    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        faults = {}
        for module in modules:
            try:
                with FINNAdapter().importing():
                    importlib.import_module(module)
                faults[module] = ""
            except BaseException as error:
                faults[module] = f"{type(error).__name__}: {error}"
        with os.fdopen(writer, "w") as pipe:
            json.dump(faults, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        faults = json.load(pipe)
    os.waitpid(child, 0)
    return dict(faults)


if __name__ == "__main__":
    main(sys.argv[1:])
