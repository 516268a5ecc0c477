# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Print as JSON what importing every module of QONNX shows: its plugins, and the modules that fail.

Run as a script, since it imports everything: ``python truth.py``.
"""

from __future__ import annotations

import inspect
import json
import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

failed: dict[str, str] = {}


def import_all(folder: Path, prefix: str) -> None:
    for found in pkgutil.iter_modules([str(folder)], prefix):
        before = set(sys.modules)
        try:
            import_module(found.name)
        except (Exception, SystemExit) as error:
            failed[found.name] = f"{type(error).__name__}: {error}"
            # What a failed import leaves behind would let a later one succeed that fails on its own.
            for name in [name for name in set(sys.modules) - before if name.startswith("qonnx.")]:
                del sys.modules[name]
        if found.ispkg:
            import_all(folder / found.name.rpartition(".")[2], f"{found.name}.")


def subclasses(cls: type) -> set[type]:
    children: list[type] = cls.__subclasses__()
    return {*children, *(below for child in children for below in subclasses(child))}


def parameters(cls: type) -> list[list[Any]]:
    signature = inspect.signature(cls)
    return [[p.name, p.kind.name, p.default is not p.empty] for p in signature.parameters.values()]


def plugins(module: str, name: str) -> dict[str, Any]:
    if module in failed or module not in sys.modules:
        return {}
    return {
        f"{cls.__module__}:{cls.__name__}": {
            "parameters": parameters(cls),
            "summary": (cls.__dict__.get("__doc__") or "").strip().partition("\n")[0].strip(),
        }
        for cls in subclasses(getattr(sys.modules[module], name))
        if cls.__module__.startswith("qonnx.") and not inspect.isabstract(cls)
    }


if __name__ == "__main__":
    import_all(Path(import_module("qonnx").__path__[0]), "qonnx.")
    truth = {
        "transform": plugins("qonnx.transformation.base", "Transformation"),
        "custom_op": plugins("qonnx.custom_op.base", "CustomOp"),
        "failed": failed,
    }
    print(json.dumps(truth))
