# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The heaviest imports stand first, with all who are guilty and the worst chain."""

from __future__ import annotations

from typing import Any

from brainsmith_core.timings.guilt import heaviest, shortened


def heavy(package: str, seconds: float, *chain: str) -> dict[str, Any]:
    return {"package": package, "seconds": seconds, "megabytes": 1.0, "modules": 1, "chain": list(chain)}


def test_the_heaviest_imports_come_first_with_everyone_who_makes_them() -> None:
    found = heaviest(
        [
            {"plugin": "a:A", "heavy": [heavy("light", 0.3, "a"), heavy("lead", 1.0, "a", "lead")]},
            {"plugin": "b:B", "heavy": [heavy("lead", 2.0, "b", "lead")]},
        ]
    )

    assert [(each["package"], each["seconds"], each["plugins"]) for each in found] == [
        ("lead", 2.0, ["a:A", "b:B"]),
        ("light", 0.3, ["a:A"]),
    ]
    assert found[0]["chain"] == ["b", "lead"]


def test_a_long_chain_keeps_its_ends() -> None:
    assert shortened(["a", "b"]) == "a → b"
    assert shortened(list("abcdefgh")) == "a → b → c → … → f → g → h"
