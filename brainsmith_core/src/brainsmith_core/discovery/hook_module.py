# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The hook module of a pack, run again if its file changed since this process imported it."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from brainsmith_core.index_file import file_stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

#: The attribute of a hook module that tells which state of its file it was run from.
RUN_FROM = "__brainsmith_stamp__"


def import_hook_module(name: str) -> ModuleType:
    """The module as its file is now; raises whatever the import raises."""
    before = sys.modules.get(name)
    module = import_module(name)
    origin = getattr(getattr(module, "__spec__", None), "origin", None)
    stamp = file_stamp(origin) if isinstance(origin, str) else ""
    if module is before:
        is_outdated = vars(module).get(RUN_FROM, stamp) != stamp
    else:
        is_outdated = _is_newer(origin, getattr(module.__spec__, "cached", None))
    if is_outdated:
        _run_again(module)
    setattr(module, RUN_FROM, stamp)
    return module


def _is_newer(source: object, bytecode: object) -> bool:
    """Whether a source changed after its bytecode was written.

    Python itself compares size and whole seconds, and so may have run what the source said before.
    """
    try:
        return os.stat(str(source)).st_ctime_ns >= os.stat(str(bytecode)).st_mtime_ns  # noqa: PTH116
    except OSError:
        return False


def _run_again(module: ModuleType) -> None:
    # Loads a third of the standard library, so only where a file did change.
    from importlib.abc import SourceLoader

    loader = getattr(module.__spec__, "loader", None)
    if not isinstance(loader, SourceLoader):
        return
    name = module.__name__
    path = loader.get_filename(name)
    # importlib.reload would trust bytecode whose source has the same size and second.
    code = loader.source_to_code(loader.get_data(path), path)
    for key in list(vars(module)):
        if not key.startswith("__") and f"{name}.{key}" not in sys.modules:
            delattr(module, key)
    exec(code, vars(module))
