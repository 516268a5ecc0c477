# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A transform set is applied like any other transform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from brainsmith_core.errors import PluginNotFoundError
from brainsmith_core.records import TransformRecord
from brainsmith_core.transform_set import transform_set


class Model:
    """Applies a transformation until it says that nothing changed, as frameworks do."""

    def __init__(self, history: tuple[str, ...] = ()) -> None:
        self.history = history

    def transform(self, transformation: Any) -> Model:
        model, again = transformation.apply(self)
        return model.transform(transformation) if again else model  # type: ignore[no-any-return]


def appending(word: str) -> Callable[[], Any]:
    class Append:
        def apply(self, model: Model) -> tuple[Model, bool]:
            return Model((*model.history, word)), False

    return Append


class Registry:
    def get(self, type: str, name: str) -> Any:
        plugins = {"acme:One": appending("one"), "Two": appending("two")}
        assert type == "transform"
        if name not in plugins:
            raise PluginNotFoundError(f"{name} is nowhere")
        return plugins[name]

    def candidates(self, type: str, name: str) -> tuple[()]:
        return ()


def applied(*members: str) -> Model:
    record = TransformRecord(name="cleanup", members=members, description="Clean up.")
    return Model().transform(transform_set(record, Registry())())


def test_S23_members_are_applied_in_order() -> None:
    assert applied("acme:One", "Two").history == ("one", "two")
    assert applied("Two", "acme:One", "Two").history == ("two", "one", "two")


def test_an_optional_member_that_is_missing_is_passed_over() -> None:
    assert applied("~Absent", "~Two").history == ("two",)


def test_a_member_that_is_missing_is_an_error_when_the_set_is_applied() -> None:
    with pytest.raises(PluginNotFoundError, match="Absent is nowhere"):
        applied("acme:One", "Absent")


def test_the_set_is_a_class_with_the_records_name_and_description() -> None:
    made = transform_set(
        TransformRecord(name="cleanup", members=("Two",), description="Clean up."), Registry()
    )
    assert (made.__name__, made.__doc__) == ("cleanup", "Clean up.")
