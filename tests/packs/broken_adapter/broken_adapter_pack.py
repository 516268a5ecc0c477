# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose adapter raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from brainsmith_core import FrameworkAdapter, hookimpl


class Adapter(FrameworkAdapter):
    """Fails where core asks it."""

    name = "broken_adapter"

    def is_available(self) -> bool:
        return False

    def discover_plugins(self) -> Sequence[object]:
        return []

    def get_metadata(self) -> Mapping[str, str]:
        return {}

    def base_classes(self) -> Mapping[str, Sequence[str]]:
        raise RuntimeError("the framework is half installed")


@hookimpl
def register_frameworks() -> list[Adapter]:
    return [Adapter()]
