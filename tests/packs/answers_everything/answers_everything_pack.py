# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that has whatever it is asked for."""

from __future__ import annotations


class Anything:
    """Has every attribute."""

    def __getattr__(self, name: str) -> Anything:
        return self

    def __call__(self, *args: object) -> Anything:
        return self


def __getattr__(name: str) -> Anything:
    return Anything()
