# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from types import SimpleNamespace

import pytest

from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.blueprint.read import read
from brainsmith_core.blueprint.resolve import Resolver
from brainsmith_core.registry import Registry

FAILURE = SimpleNamespace(
    source="broken",
    distribution="broken-pack",
    version="0.3",
    reason="ImportError: no",
    remedy="mend broken-pack",
)


@pytest.fixture
def settle():
    """Settles transforms, and gives what is planned, missing and wrong."""

    def run(registry: Registry, *transforms: str, failures=()):
        faults = Faults()
        resolver = Resolver(registry, faults, failures)
        blueprint = read({"hw_compiler": {"transforms": list(transforms)}})
        planned = resolver.transforms(blueprint.transforms, "transforms")
        told = [(fault.place, fault.fact, fault.remedy) for _, fault in faults]
        return planned, [(left.reference, left.reason) for left in resolver.missing], told

    return run


def names(planned):
    return [step.name for step in planned]


def test_a_transform_is_planned_with_its_record_phase_and_rule(settle, transform):
    tidy = transform("Tidy")
    (planned,), missing, faults = settle(Registry([tidy]), "acme:Tidy")
    assert (planned.name, planned.phase, planned.record) == ("Tidy", "transforms", tidy)
    assert (planned.rule, planned.member_of, planned.function) == ("named with its source", "", None)
    assert (missing, faults) == ([], [])


def test_a_transform_may_be_given_more_than_once(settle, transform):
    planned, _, faults = settle(Registry([transform("Tidy")]), "Tidy", "Tidy")
    assert (names(planned), faults) == (["Tidy", "Tidy"], [])


def test_an_unknown_transform(settle, transform):
    _, missing, faults = settle(Registry([transform("Tidy")]), "Tidyy")
    assert faults == [
        (
            "blueprint hw_compiler.transforms[0]",
            "'Tidyy' is not a transform of any installed pack",
            "did you mean 'Tidy'?",
        )
    ]
    assert missing == []


def test_an_unknown_optional_transform_is_left_out(settle, transform):
    planned, missing, faults = settle(Registry([transform("Tidy")]), "~Tidyy", "Tidy")
    assert names(planned) == ["Tidy"]
    assert missing == [("Tidyy", "'Tidyy' is not a transform of any installed pack")]
    assert faults == []


@pytest.mark.parametrize("reference", ["Tidy", "~Tidy"])
def test_an_ambiguous_transform_is_a_fault_even_if_it_is_optional(settle, transform, reference):
    _, missing, faults = settle(Registry([transform("Tidy"), transform("Tidy", "other")]), reference)
    assert faults == [
        (
            "blueprint hw_compiler.transforms[0]",
            "'Tidy' is a transform of several packs",
            "write 'acme:Tidy' or 'other:Tidy', or set plugin_system.priority in .brainsmith/config.yaml",
        )
    ]
    assert missing == []


def test_a_transform_that_is_not_available_here(settle, transform):
    registry = Registry([transform("Tidy", unavailable="acme is not installed", remedy="pip install acme")])
    fact = "transform acme:Tidy is not available here: acme is not installed"
    planned, missing, faults = settle(registry, "Tidy", "~Tidy")
    assert planned == []
    assert faults == [("blueprint hw_compiler.transforms[0]", fact, "pip install acme")]
    assert missing == [("Tidy", fact)]


@pytest.mark.parametrize("reference", ["Scale", "~Scale"])
def test_a_transform_that_needs_arguments(settle, transform, reference):
    _, missing, faults = settle(
        Registry([transform("Scale", parameters=["by", "to: int", "signed=True"])]), reference
    )
    assert faults == [
        (
            "blueprint hw_compiler.transforms[0]",
            "transform acme:Scale cannot be made without arguments: by, to",
            "write a step, a function (model, cfg), that applies it with the arguments it needs",
        )
    ]
    assert missing == []


def test_the_failure_of_a_pack_that_is_named(settle):
    planned, missing, faults = settle(Registry(), "broken:Tidy", "~broken:Fold", failures=[FAILURE])
    reason = "the pack 'broken' of broken-pack 0.3 could not be loaded: ImportError: no"
    assert faults == [("blueprint hw_compiler.transforms[0]", f"'broken:Tidy': {reason}", "mend broken-pack")]
    assert missing == [("broken:Fold", f"'broken:Fold': {reason}")]
    assert planned == []


def test_a_failed_pack_that_is_not_named_is_no_fault(settle, transform):
    planned, _, faults = settle(Registry([transform("Tidy")]), "Tidy", failures=[FAILURE])
    assert (names(planned), faults) == (["Tidy"], [])


def test_a_failed_pack_does_not_hide_a_good_one_of_the_same_source(settle, transform):
    planned, _, faults = settle(Registry([transform("Tidy", "broken")]), "broken:Tidy", failures=[FAILURE])
    assert (names(planned), faults) == (["Tidy"], [])


def test_a_set_is_unfolded_in_order_and_each_step_says_which_set_brought_it(settle, transform):
    registry = Registry(
        [
            transform("A"),
            transform("B", "other"),
            transform("inner", members=["other:B", "A"]),
            transform("outer", members=["A", "inner", "A"]),
        ]
    )
    planned, missing, faults = settle(registry, "outer")
    assert [(step.name, step.member_of) for step in planned] == [
        ("A", "outer"),
        ("B", "outer/inner"),
        ("A", "outer/inner"),
        ("A", "outer"),
    ]
    assert (missing, faults) == ([], [])


def test_a_bare_member_means_the_plugin_of_the_sets_own_pack(settle, transform):
    registry = Registry([transform("A"), transform("A", "other"), transform("all", "other", members=["A"])])
    (planned,), _, faults = settle(registry, "all")
    assert planned.record.source == "other"
    assert faults == []


def test_a_bare_member_that_its_pack_does_not_have_is_looked_up_everywhere(settle, transform):
    registry = Registry([transform("A", "other"), transform("all", members=["A"])])
    (planned,), _, _ = settle(registry, "all")
    assert planned.record.source == "other"


def test_a_member_that_is_missing_is_told_at_the_place_of_its_set(settle, transform):
    registry = Registry(
        [transform("inner", members=["Nope"]), transform("outer", members=["inner", "Nope2"])]
    )
    _, missing, faults = settle(registry, "outer")
    assert [(place, fact) for place, fact, _ in faults] == [
        (
            "blueprint hw_compiler.transforms[0]",
            "in the transform set acme:outer: in the transform set acme:inner: "
            "'Nope' is not a transform of any installed pack",
        ),
        (
            "blueprint hw_compiler.transforms[0]",
            "in the transform set acme:outer: 'Nope2' is not a transform of any installed pack",
        ),
    ]
    assert missing == []


def test_an_optional_member_that_is_missing_is_left_out(settle, transform):
    registry = Registry([transform("A"), transform("all", members=["~Nope", "A"])])
    planned, missing, faults = settle(registry, "all")
    assert names(planned) == ["A"]
    assert missing == [("Nope", "'Nope' is not a transform of any installed pack")]
    assert faults == []


def test_an_optional_set_is_left_out_whole_if_a_member_is_missing(settle, transform):
    registry = Registry([transform("A"), transform("all", members=["A", "~Other", "Nope"])])
    planned, missing, faults = settle(registry, "~all")
    assert (planned, faults) == ([], [])
    assert missing == [
        ("all", "in the transform set acme:all: 'Nope' is not a transform of any installed pack")
    ]


def test_an_optional_set_of_which_nothing_is_missing_is_planned(settle, transform):
    planned, missing, _ = settle(Registry([transform("A"), transform("all", members=["A"])]), "~all")
    assert (names(planned), missing) == (["A"], [])


def test_an_ambiguous_member_is_a_fault(settle, transform):
    registry = Registry([transform("A", "x"), transform("A", "y"), transform("all", members=["~A"])])
    _, _, ((place, fact, _),) = settle(registry, "~all")
    assert place == "blueprint hw_compiler.transforms[0]"
    assert fact == "in the transform set acme:all: 'A' is a transform of several packs"


def test_what_is_wrong_in_an_optional_set_is_told_even_if_it_is_left_out(settle, transform):
    registry = Registry([transform("Scale", parameters=["by"]), transform("all", members=["Nope", "Scale"])])
    planned, missing, ((_, fact, _),) = settle(registry, "~all")
    assert fact == "in the transform set acme:all: transform acme:Scale cannot be made without arguments: by"
    assert [reference for reference, _ in missing] == ["all"]
    assert planned == []


def test_a_set_that_contains_itself(settle, transform):
    registry = Registry(
        [
            transform("A"),
            transform("one", members=["A", "two"]),
            transform("two", "other", members=["acme:one"]),
        ]
    )
    _, _, faults = settle(registry, "one")
    assert faults == [
        (
            "blueprint hw_compiler.transforms[0]",
            "in the transform set acme:one: in the transform set other:two: "
            "a transform set contains itself: acme:one > other:two > acme:one",
            "report it to the authors of acme-pack",
        )
    ]


def test_a_set_may_be_a_member_twice(settle, transform):
    registry = Registry(
        [transform("A"), transform("in", members=["A"]), transform("out", members=["in", "in"])]
    )
    planned, _, faults = settle(registry, "out")
    assert (names(planned), faults) == (["A", "A"], [])
