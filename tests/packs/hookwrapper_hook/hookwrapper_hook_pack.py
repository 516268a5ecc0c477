# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that would change what other packs give."""

from __future__ import annotations

from collections.abc import Generator

from brainsmith_core import hookimpl


@hookimpl(hookwrapper=True)
def register_kernels() -> Generator[None, object, None]:
    yield
