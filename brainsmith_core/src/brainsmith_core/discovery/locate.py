# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Location: where an installed package lies, found without executing any of it."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def locate(package: str) -> tuple[str, ...]:
    """The folders of an installed top-level package, empty if there is none.

    A namespace package may have several. Raises ``ValueError`` for a dotted name, whose search would
    import the parent.
    """
    if not package.isidentifier():
        raise ValueError(f"{package!r} is not the name of a top-level package")
    try:
        spec = find_spec(package)
    except (ImportError, ValueError, AttributeError):
        # A module that was put into sys.modules by hand may have no spec.
        return ()
    return tuple(spec.submodule_search_locations or ()) if spec else ()


def is_importable(module: str) -> bool:
    """Whether an import of a top-level module would find it; whether it then succeeds is not tried."""
    if module in sys.stdlib_module_names or module in sys.modules:
        return True
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return False
