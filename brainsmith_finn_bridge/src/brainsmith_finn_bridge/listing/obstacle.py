# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Obstacle: one reason why a module cannot be imported here."""

from __future__ import annotations


class Obstacle:
    """One thing that is missing: the fact, and either the package that has it or another remedy."""

    __slots__ = ("fact", "package", "remedy")

    def __init__(self, fact: str, *, package: str = "", remedy: str = "") -> None:
        self.fact = fact
        self.package = package
        self.remedy = remedy
