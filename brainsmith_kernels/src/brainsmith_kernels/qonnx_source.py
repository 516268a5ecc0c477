# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The installed qonnx's source, read without importing it."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def is_installed() -> bool:
    """Whether a package called qonnx is there to import."""
    return bool(_folders())


def defines_transformation(name: str) -> bool:
    """Whether a module below ``qonnx.transformation`` defines a class of that name at its top level."""
    definition = re.compile(rf"^class {re.escape(name)}\b".encode(), re.MULTILINE)
    return any(definition.search(source) for folder in _folders() for source in _sources(folder))


def _folders() -> list[str]:
    # Looking up a top-level name runs nothing of the package.
    spec = find_spec("qonnx")
    return list(spec.submodule_search_locations or ()) if spec else []


def _sources(folder: str) -> Iterator[bytes]:
    root = os.path.join(folder, "transformation")  # noqa: PTH118
    paths = [os.path.join(at, file) for at, _, files in os.walk(root) for file in files]  # noqa: PTH118
    # general.py first, where qonnx keeps its small rewrites: the search mostly ends there.
    for path in sorted(paths, key=lambda path: (not path.endswith("general.py"), path)):
        if path.endswith(".py"):
            with open(path, "rb") as file:  # noqa: PTH123
                yield file.read()
