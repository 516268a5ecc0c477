# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that gives what cannot even be shown."""

from __future__ import annotations

from brainsmith_core import hookimpl


class Unprintable:
    """Raises when shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no words for this")


@hookimpl
def register_steps() -> list[object]:
    return [Unprintable()]
