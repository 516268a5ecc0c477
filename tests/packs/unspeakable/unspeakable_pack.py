# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that raises an error without a message."""

from __future__ import annotations

from brainsmith_core import hookimpl


class UnspeakableError(Exception):
    """Raises when its message is asked for."""

    def __str__(self) -> str:
        raise RuntimeError("no words for this")


@hookimpl
def register_steps() -> list[object]:
    raise UnspeakableError
