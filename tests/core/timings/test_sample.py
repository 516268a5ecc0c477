# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A sample has one plugin of each package of modules."""

from __future__ import annotations

from brainsmith_core.records import Record, TransformRecord
from brainsmith_core.timings.sample import sample


def record(name: str, module: str, **more: object) -> Record:
    made = TransformRecord(name=name, target=f"{module}:{name}", **more)  # type: ignore[arg-type]
    return made.stamped(source="acme", distribution="acme", distribution_version="1")


def test_one_of_each_package_is_enough() -> None:
    chosen = sample([record("B", "p.q.b"), record("A", "p.q.a"), record("C", "p.r.c"), record("D", "single")])

    assert [each.name for each in chosen] == ["A", "C", "D"]


def test_what_cannot_be_loaded_here_or_has_no_code_is_left_out() -> None:
    chosen = sample(
        [
            record("A", "p.q.a", unavailable="no tool"),
            record("B", "p.q.b", registered=False),
            TransformRecord(name="set", members=("A",)),
            record("C", "p.q.c"),
        ]
    )

    assert [each.name for each in chosen] == ["C"]
