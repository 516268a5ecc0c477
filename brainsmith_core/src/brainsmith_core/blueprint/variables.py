# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Environment variables in a blueprint's values, ``${NAME}`` or ``${NAME:-default}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.yaml_document import Place, plain_scalar

_MARK = re.compile(r"\$\$\{|\$\{(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^{}]*))?\})?")


class Variables:
    """The environment as a blueprint sees it: ``${NAME}``, ``${NAME:-default}``, and ``$${`` for ``${``."""

    def __init__(self, environment: Mapping[str, str], faults: Faults) -> None:
        self._environment = environment
        self._faults = faults

    def text(self, value: str, at: Place) -> str:
        """A text with its variables replaced; one that is not set, and has no default, is a fault."""

        def replace(match: re.Match[str]) -> str:
            if match[0] == "$${":
                return "${"
            name = match["name"]
            if name is None:
                fact = f"{value!r} has a '${{' that begins no variable"
                self._faults.add(at, fact, "write ${NAME} or ${NAME:-default}, or $${ for the characters ${")
                return match[0]
            found = self._environment.get(name, match["default"])
            if found is None:
                fact = f"the environment variable {name!r} is not set"
                self._faults.add(at, fact, f"export {name}=…, or write ${{{name}:-default}}")
                return match[0]
            return found

        return _MARK.sub(replace, value)

    def value(self, value: Any, at: Place) -> Any:
        """A text with its variables replaced; one that is a variable as a whole may become a number or a
        boolean, as if the variable's value stood in the file."""
        if not isinstance(value, str):
            return value
        match = _MARK.fullmatch(value)
        replaced = self.text(value, at)
        return plain_scalar(replaced) if match and match["name"] else replaced
