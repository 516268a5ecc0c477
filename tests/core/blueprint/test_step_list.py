# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import functools
from types import SimpleNamespace

import pytest

from brainsmith_core.blueprint.step_list import plan_steps


def tidy(model, cfg):
    return model


def only_model(model):
    return model


class Shift:
    def __init__(self, by=1):
        self.by = by

    def apply(self, model):
        return model, False


class NeedsMore(Shift):
    def __init__(self, by):
        super().__init__(by)


class Callable:
    def __call__(self, model, cfg, more=None):
        return model


class Model:
    def transform(self, transformation):
        return transformation


def test_names_are_looked_up_like_a_blueprints_steps(registry):
    cleanup, inference = plan_steps(["acme:cleanup", "hardware_inference"], registry)
    assert (cleanup.name, cleanup.phase, cleanup.rule) == ("cleanup", "steps", "named with its source")
    assert cleanup.record is registry["step:acme:cleanup"]
    assert inference.record is registry["step:hardware_inference"]
    assert inference.function is None


def test_a_function_is_a_step_of_its_own_name(registry):
    (planned,) = plan_steps([tidy], registry)
    assert (planned.name, planned.phase, planned.record) == ("tidy", "steps", None)
    assert planned.function is tidy
    assert planned.rule == f"the Python function {__name__}.tidy"


def test_lambdas_partials_and_callable_objects_are_functions(registry):
    steps = [lambda m, cfg: m, functools.partial(tidy), Callable(), max, tidy]
    assert [planned.name for planned in plan_steps(steps, registry)] == [
        "<lambda>",
        "tidy",
        "Callable",
        "max",
        "tidy",
    ]


def test_a_transform_is_applied_with_the_models_own_method(registry):
    instance = Shift(by=3)
    made, given = plan_steps([Shift, instance], registry)
    assert (made.name, given.name) == ("Shift", "Shift")
    assert made.rule == given.rule == f"the Python transform {__name__}.Shift"
    assert isinstance(made.function(Model(), None), Shift)
    assert given.function(Model(), None) is instance


def test_an_optional_name_that_nothing_has_is_passed_over(registry):
    assert [planned.name for planned in plan_steps(["~nope", "~cleanup"], registry)] == ["cleanup"]


def test_everything_that_is_wrong_with_a_list_is_told_at_once(registry, faults_of):
    failure = SimpleNamespace(source="bad", distribution="bad", version="1", reason="why", remedy="mend it")
    items = ["cleanupp", tidy, only_model, 3, dict, NeedsMore, "bad:x"]
    assert faults_of(plan_steps, items, registry, failures=[failure]) == [
        ("steps[0]", "'cleanupp' is not a step of any installed pack", "did you mean 'cleanup'?"),
        ("steps[2]", "only_model does not take (model, cfg)", "give it two positional parameters"),
        (
            "steps[3]",
            "3 is neither a step's name nor a function (model, cfg) nor a transform",
            "give the name of a step, a function or a transform",
        ),
        (
            "steps[4]",
            "<class 'dict'> is neither a step's name nor a function (model, cfg) nor a transform",
            "give the name of a step, a function or a transform",
        ),
        (
            "steps[5]",
            "the transform NeedsMore cannot be made without arguments",
            "give an instance, NeedsMore(…)",
        ),
        ("steps[6]", "'bad:x': the pack 'bad' of bad 1 could not be loaded: why", "mend it"),
    ]


def test_faults_keep_the_order_of_a_long_list(registry, faults_of):
    faults = faults_of(plan_steps, ["nope"] * 12, registry)
    assert [place for place, _, _ in faults] == [f"steps[{index}]" for index in range(12)]


def test_an_empty_list_plans_nothing(registry):
    assert plan_steps([], registry) == ()


@pytest.mark.parametrize("item", [None, object(), b"cleanup", ["cleanup"]])
def test_what_is_no_step_at_all(registry, faults_of, item):
    ((_, fact, _),) = faults_of(plan_steps, [item], registry)
    assert fact == f"{item!r} is neither a step's name nor a function (model, cfg) nor a transform"


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("cleanup", "pass steps=['cleanup']"),
        (b"cleanup", "pass steps=[…]"),
        ({"cleanup": 1}, "pass steps=[…]"),
        (tidy, "pass steps=[…]"),
        (3, "pass steps=[…]"),
    ],
)
def test_what_is_no_list_is_one_fault(registry, faults_of, given, remedy):
    fact = f"steps must be a list, not {given!r:.60}"
    assert faults_of(plan_steps, given, registry) == [("steps", fact, remedy)]
