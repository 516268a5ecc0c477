# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Errors are made of a place, a fact and a remedy, and survive pickling."""

from __future__ import annotations

import copy
import pickle

import pytest

from brainsmith_core import errors
from brainsmith_core.errors import (
    AmbiguousPluginError,
    BlueprintError,
    BlueprintFault,
    BrainsmithError,
    PackError,
    PluginLoadError,
    PluginNotFoundError,
    VerificationError,
)

KINDS = [
    value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, BrainsmithError)
]


def test_the_message_is_place_fact_and_remedy() -> None:
    error = BrainsmithError("'sofmax' is no kernel", place="m.yaml:14:7", remedy="did you mean 'softmax'?")
    assert str(error) == "m.yaml:14:7: 'sofmax' is no kernel\n  did you mean 'softmax'?"
    assert (error.place, error.fact, error.remedy) == (
        "m.yaml:14:7",
        "'sofmax' is no kernel",
        "did you mean 'softmax'?",
    )


def test_the_message_leaves_out_what_is_not_known() -> None:
    assert str(BrainsmithError("broken")) == "broken"
    assert str(BrainsmithError("broken", place="here")) == "here: broken"
    assert str(BrainsmithError("broken", remedy="mend it")) == "broken\n  mend it"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not BlueprintError])
def test_every_error_survives_pickling_and_copying(kind: type[BrainsmithError]) -> None:
    error = kind("a fact", place="a place", remedy="a remedy")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is kind
        assert str(twin) == str(error) == "a place: a fact\n  a remedy"
        assert twin.__dict__ == error.__dict__
        assert twin.args == error.args == ("a fact",)


def test_an_ambiguity_keeps_its_candidates_when_pickled() -> None:
    error = AmbiguousPluginError("'X' is of several packs", candidates=["a:X", "b:X"])
    assert pickle.loads(pickle.dumps(error)).candidates == ("a:X", "b:X")


def test_a_blueprint_error_shows_every_fault_and_survives_pickling() -> None:
    faults = [BlueprintFault("one", place="b.yaml:1:1"), BlueprintFault("two", remedy="mend it")]
    error = BlueprintError(faults, place="b.yaml")
    assert str(error) == "b.yaml:1:1: one\ntwo\n  mend it"
    assert error.fact == "2 faults in the blueprint"
    assert BlueprintError(faults[:1]).fact == "1 fault in the blueprint"
    twin = pickle.loads(pickle.dumps(error))
    assert str(twin) == str(error)
    assert [type(fault) for fault in twin.faults] == [BlueprintFault, BlueprintFault]


@pytest.mark.parametrize("kind", [PluginNotFoundError, AmbiguousPluginError])
def test_a_name_without_one_meaning_is_an_attribute_error_and_a_key_error(
    kind: type[BrainsmithError],
) -> None:
    assert issubclass(kind, AttributeError)
    assert issubclass(kind, KeyError)
    assert str(kind("no such plugin")) == "no such plugin"


def test_a_plugin_that_cannot_be_loaded_is_a_fault_of_its_pack() -> None:
    assert issubclass(PluginLoadError, PackError)


def test_each_kind_of_error_has_an_exit_code_of_its_own() -> None:
    assert {kind.__name__: kind.exit_code for kind in KINDS} == {
        "BrainsmithError": 1,
        "DeclarationError": 3,
        "PackError": 3,
        "PluginLoadError": 3,
        "ClosedError": 3,
        "PluginNotFoundError": 4,
        "AmbiguousPluginError": 4,
        "ConfigurationError": 5,
        "BlueprintFault": 6,
        "BlueprintError": 6,
        "ModelError": 7,
        "OutputError": 8,
        "BuildError": 9,
        "VerificationError": 10,
        "HardwareError": 11,
        "ToolError": 12,
    }
    assert issubclass(VerificationError, errors.BuildError)
