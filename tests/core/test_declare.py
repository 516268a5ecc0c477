# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The four decorators attach a record, and do nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from brainsmith_core.declare import DECLARATION, backend, declared_record, kernel, step, transform
from brainsmith_core.errors import DeclarationError
from brainsmith_core.manager import get_registry
from brainsmith_core.records import BackendRecord, KernelRecord, StepRecord, TransformRecord

HERE = __name__


@transform(
    name="ExpandNorms",
    stage="topology_opt",
    description="Expand normalization operations",
    author="Acme",
    version="1.2",
    requires=["numpy>=1.26"],
    creates=("LayerNorm",),
)
class Expand:
    def apply(self, model: Any) -> tuple[Any, bool]:
        return model, False


@kernel(op_type="QLayerNorm", stage="norm")
class LayerNorm:
    """Normalise a layer.

    With more words.
    """


@backend(kernel="LayerNorm", language="hls")
class LayerNormHLS:
    pass


@step()
def tidy(model: Any, cfg: Any) -> Any:
    """Tidy up."""
    return model


def test_S59_a_transform_is_declared_with_all_its_words() -> None:
    record = declared_record(Expand)
    assert record == TransformRecord(
        name="ExpandNorms",
        target=f"{HERE}:Expand",
        stage="topology_opt",
        description="Expand normalization operations",
        author="Acme",
        version="1.2",
        requires=("numpy>=1.26",),
        creates=("LayerNorm",),
    )


def test_S4_there_is_a_decorator_for_every_type() -> None:
    assert declared_record(LayerNorm) == KernelRecord(
        name="LayerNorm",
        target=f"{HERE}:LayerNorm",
        stage="norm",
        op_type="QLayerNorm",
        description="Normalise a layer.",
    )
    assert declared_record(LayerNormHLS) == BackendRecord(
        name="LayerNormHLS", target=f"{HERE}:LayerNormHLS", kernel="LayerNorm", language="hls"
    )
    assert declared_record(tidy) == StepRecord(name="tidy", target=f"{HERE}:tidy", description="Tidy up.")


def test_S1_declaring_gives_back_the_same_object_and_registers_nothing(no_packs: None) -> None:
    class Plain:
        def apply(self, model: Any) -> tuple[Any, bool]:
            return model, False

    before = dict(vars(Plain))
    assert transform(name="NeverListed")(Plain) is Plain
    assert {key for key in vars(Plain) if key not in before} == {DECLARATION}
    assert tidy("model", None) == "model"
    assert "transform:NeverListed" not in get_registry()


def test_a_subclass_does_not_inherit_its_parents_declaration() -> None:
    class Derived(Expand):
        pass

    assert declared_record(Derived) is None
    assert declared_record("text") is None


def test_a_class_inside_a_function_gets_its_own_name_as_target() -> None:
    @kernel()
    class Local:
        pass

    record = declared_record(Local)
    assert record is not None
    assert record.target == f"{HERE}:Local"


@pytest.mark.parametrize(
    ("decorator", "value"),
    [(transform(), tidy), (kernel(), tidy), (backend(kernel="X", language="rtl"), tidy)],
    ids=["transform", "kernel", "backend"],
)
def test_S4_what_must_be_a_class_is_one(decorator: Callable[[Any], Any], value: object) -> None:
    with pytest.raises(DeclarationError) as caught:
        decorator(value)
    kind = caught.value.fact.partition(":")[0]
    assert caught.value.fact == f"{kind}: tidy is not a class"
    assert caught.value.place == f"pack module {HERE}"
    assert caught.value.remedy == f"use {kind} on a class"


def test_S4_a_transform_without_apply_is_refused_by_name() -> None:
    with pytest.raises(DeclarationError) as caught:
        transform()(LayerNorm)
    assert caught.value.fact == "@transform: LayerNorm has no method apply(self, model)"
    assert caught.value.place == f"pack module {HERE}"
    assert caught.value.remedy == "derive it from Transformation"


class _Callable:
    def __call__(self, model: Any, cfg: Any) -> Any:
        return model


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Expand, "Expand"),
        ("text", "'text'"),
        (functools.partial(tidy), "functools.partial("),
        (_Callable(), "<"),
    ],
    ids=["class", "text", "partial", "instance"],
)
def test_S4_a_step_is_a_function(value: Any, name: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        step()(value)
    assert caught.value.fact.startswith(f"@step: {name}")
    assert caught.value.fact.endswith(" is not a function")
    assert caught.value.remedy == "decorate a function (model, cfg) -> model"


def _one(model: Any) -> Any: ...
def _three(model: Any, cfg: Any, more: Any) -> Any: ...
def _keyword(model: Any, cfg: Any, *, needed: Any) -> Any: ...
def _two(model: Any, cfg: Any) -> Any: ...
def _default(model: Any, cfg: Any = None, more: Any = 1) -> Any: ...
def _rest(*args: Any) -> Any: ...
def _one_and_rest(model: Any, *args: Any) -> Any: ...
def _optional_keyword(model: Any, cfg: Any, *, more: Any = 1) -> Any: ...


@pytest.mark.parametrize("function", [_one, _three, _keyword])
def test_S4_a_step_that_cannot_take_model_and_cfg_is_refused(function: Any) -> None:
    with pytest.raises(DeclarationError) as caught:
        step()(function)
    assert caught.value.fact == f"@step: {function.__name__} does not take (model, cfg)"
    assert caught.value.remedy == "give it two positional parameters"


@pytest.mark.parametrize("function", [_two, _default, _rest, _one_and_rest, _optional_keyword])
def test_a_step_takes_model_and_cfg_in_any_form(function: Any) -> None:
    assert step()(function) is function
    record = declared_record(function)
    assert record is not None
    assert record.name == function.__name__


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"name": 3}, "name=3 must be text, not int"),
        (
            {"name": "two words"},
            "name='two words' is not a Python identifier, so no namespace could offer it",
        ),
        ({"stage": None}, "stage=None must be text, not NoneType"),
        ({"requires": "numpy"}, "requires='numpy' must be a tuple of texts"),
        ({"creates": 1}, "creates=1 must be a tuple of texts"),
    ],
)
def test_S105_a_wrong_argument_names_pack_object_and_reason(words: dict[str, Any], reason: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        transform(**words)(Expand)
    assert caught.value.fact == f"@transform: Expand {reason}"
    assert caught.value.place == f"pack module {HERE}"
    assert caught.value.remedy == "correct the decorator's arguments"


def test_S105_a_back_end_without_a_language_is_refused() -> None:
    with pytest.raises(DeclarationError, match="LayerNormHLS language of 'LayerNormHLS' is empty"):
        backend(kernel="LayerNorm", language="")(LayerNormHLS)


@pytest.mark.parametrize("decorator", [transform, kernel, step])
def test_S105_a_decorator_without_its_parentheses_is_named(decorator: Any) -> None:
    with pytest.raises(DeclarationError) as caught:
        decorator(Expand)
    assert caught.value.fact == "a decorator was used without its parentheses"
    assert caught.value.place == f"{HERE}.Expand"
    assert caught.value.remedy == ("write @transform(), @kernel(), @backend(kernel=…, language=…) or @step()")


def test_S105_a_positional_argument_is_refused() -> None:
    with pytest.raises(DeclarationError) as caught:
        transform("ExpandNorms")
    assert caught.value.fact == "a decorator was given 'ExpandNorms', but takes keyword arguments only"
    assert caught.value.place == ""
