# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The packs that we know of: who has a plugin that is not installed here."""

from __future__ import annotations

from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def distribution_of(source: str) -> str:
    """The distribution of the pack with this source name; empty if it is not known."""
    return next((str(pack["distribution"]) for pack in _packs() if pack["source"] == source), "")


def providers(type: str, name: str) -> list[tuple[str, str]]:
    """The ``(source, distribution)`` of each known pack that has a plugin; kernels in any spelling."""
    wanted = name.lower()
    return [
        (str(pack["source"]), str(pack["distribution"]))
        for pack in _packs()
        if any(
            known == name or (type == "kernel" and known.lower() == wanted) for known in pack.get(type, ())
        )
    ]


def bridges(suffix: str) -> list[str]:
    """The distributions of the known packs that read models with this file suffix."""
    return [str(pack["distribution"]) for pack in _packs() if suffix in pack["suffixes"]]


def sources() -> list[str]:
    """The source names of the known packs."""
    return [str(pack["source"]) for pack in _packs()]


def _packs() -> list[dict[str, Any]]:
    # Read only to word an error, so neither the file nor json is touched on the way to success.
    import json

    packs: list[dict[str, Any]] = json.loads(Path(__file__).with_name("known_packs.json").read_text("utf-8"))
    return packs
