# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What the hooks of a pack may be and give, and how everything else is refused."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from brainsmith_core.declare import step
from brainsmith_core.discovery.asking import Fault, ask, implementations
from brainsmith_core.discovery.collect import new_hook_manager
from brainsmith_core.hookspecs import hookimpl
from brainsmith_core.records import KernelRecord, StepRecord


@step(stage="cleanup")
def declared(model: Any, cfg: Any) -> Any:
    return model


def names(**results: Any) -> list[str]:
    """The names of the records of a pack whose hooks give these."""
    records, adapters = ask({hook: [lambda result=result: result] for hook, result in results.items()})
    assert adapters == ()
    return [record.name for record in records]


@pytest.mark.parametrize(
    "result",
    [
        (StepRecord(name="s", target="a:s"),),
        iter([StepRecord(name="s", target="a:s")]),
        {StepRecord(name="s", target="a:s")},
    ],
    ids=["tuple", "iterator", "set"],
)
def test_a_hook_may_give_any_iterable(result: Any) -> None:
    assert names(register_steps=result) == ["s"]


def test_an_empty_list_is_a_good_answer() -> None:
    assert names(register_steps=[]) == []


def test_S58_a_hook_may_give_decorated_objects() -> None:
    ((record,), _) = ask({"register_steps": [lambda: [declared]]})
    assert (record.name, record.stage, record.target) == ("declared", "cleanup", f"{__name__}:declared")


def test_a_decorated_object_of_another_type_is_refused() -> None:
    message = r"^register_kernels gave <function declared at 0x\w+> as item 0; it must be a KernelRecord$"
    with pytest.raises(Fault, match=message):
        names(register_kernels=[declared])


@pytest.mark.parametrize("result", ["text", b"bytes", 3, object])
def test_what_is_no_list_is_refused(result: Any) -> None:
    with pytest.raises(Fault) as caught:
        names(register_steps=result)
    assert str(caught.value) == (
        f"register_steps gave the {type(result).__name__} {result!r}; it must give a list of StepRecord"
    )


def test_the_item_at_fault_is_counted() -> None:
    with pytest.raises(Fault, match=r"^register_steps gave None as item 1; it must be a StepRecord$"):
        names(register_steps=[StepRecord(name="s", target="a:s"), None])


def test_a_bridge_must_give_adapters() -> None:
    with pytest.raises(
        Fault, match=r"^register_frameworks gave None as item 0; it must be a FrameworkAdapter$"
    ):
        names(register_frameworks=[None])


def test_a_second_object_of_one_name_may_be_importable_only() -> None:
    first, second = StepRecord(name="s", target="a:s"), StepRecord(name="s", target="b:s")
    assert names(register_steps=[first, second.replace(registered=False)]) == ["s", "s"]
    with pytest.raises(Fault, match=r"^it has two steps named 's': a:s and b:s$"):
        names(register_steps=[first, second])


def test_one_name_of_two_types_is_no_duplicate() -> None:
    steps, kernels = [StepRecord(name="s", target="a:s")], [KernelRecord(name="s", target="a:s")]
    assert names(register_steps=steps, register_kernels=kernels) == ["s", "s"]


def test_several_implementations_of_one_hook_are_all_asked() -> None:
    module = ModuleType("pack")
    for name in ("one", "two"):
        result = [StepRecord(name=name, target="a:s")]
        setattr(module, name, hookimpl(specname="register_steps")(lambda result=result: result))
    records, _ = ask(implementations(module, "pack", new_hook_manager()))
    assert sorted(record.name for record in records) == ["one", "two"]


def test_an_optional_hook_that_is_unknown_is_refused_as_well() -> None:
    module: Any = ModuleType("pack")
    module.register_kernel = hookimpl(specname="register_kernel", optionalhook=True)(lambda: ())
    with pytest.raises(Fault, match=r"^register_kernel is not a hook; the hooks are register_transforms, "):
        implementations(module, "pack", new_hook_manager())
