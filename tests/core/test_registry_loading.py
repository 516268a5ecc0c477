# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The registry gives the objects behind records, loaded and checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from brainsmith_core.errors import (
    PluginLoadError,
)
from brainsmith_core.records import (
    Record,
    StepRecord,
    TransformRecord,
)
from brainsmith_core.registry import Registry


def owned(record: Record, source: str, distribution: str = "") -> Record:
    return record.stamped(source=source, distribution=distribution or source, distribution_version="1.0")


def test_S65_get_gives_the_loaded_class() -> None:
    record = owned(TransformRecord(name="Here", target=f"{__name__}:Here"), "acme")
    registry = Registry([record])
    assert registry.get("transform", "Here").__name__ == "Here"
    assert registry.get("transform", "acme:Here") is registry.load(record)
    with pytest.raises(KeyError):
        registry.get("transform", "There")


def test_S4_a_plugin_must_derive_from_its_types_base_class_unless_its_source_is_trusted() -> None:
    record = owned(TransformRecord(name="Here", target=f"{__name__}:Here"), "acme")
    bases = {"transform": ["qonnx.transformation.base:Transformation"]}
    with pytest.raises(PluginLoadError) as caught:
        Registry([record], base_classes=bases).get("transform", "Here")
    assert caught.value.fact == (
        f"{__name__}:Here does not derive from qonnx.transformation.base:Transformation, "
        "so it is not a transform"
    )
    trusting = Registry([record], base_classes=bases, trusted=["acme"])
    assert trusting.get("transform", "Here").__name__ == "Here"
    assert trusting.limited([record], scope="x").load(record).__name__ == "Here"
    limited = Registry([record], base_classes=bases).limited([record], scope="x")
    with pytest.raises(PluginLoadError):
        limited.load(record)


class Here:
    def apply(self, model: Any) -> tuple[Any, bool]:
        return model, False


def test_what_surrounds_a_source_s_imports_surrounds_each_of_them() -> None:
    told: list[str] = []

    @contextmanager
    def importing(source: str) -> Iterator[None]:
        told.append(f"{source} begins")
        yield
        told.append(f"{source} ends")

    record = owned(StepRecord(name="join", target="posixpath:join"), "acme")
    registry = Registry([record], importing=importing)
    registry.get("step", "join")
    registry.limited([record], scope="a part").get("step", "join")
    assert told == ["acme begins", "acme ends"] * 2
