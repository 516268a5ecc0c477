# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The process's environment, with a note of the variables that were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class Environment(Mapping[str, str]):
    """A mapping that remembers which names were asked for, and what each was; ``read`` has them."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.read: dict[str, str | None] = {}

    def __getitem__(self, name: str) -> str:
        self.read[name] = self._variables.get(name)
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def holds(self) -> bool:
        """Whether every variable that was read still has its value."""
        return all(self._variables.get(name) == value for name, value in self.read.items())
