# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Which steps --start and --stop select."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_core.blueprint.plan import PlannedStep
from brainsmith_core.build.selection import select
from brainsmith_core.errors import BuildError
from brainsmith_core.frameworks import FrameworkAdapter
from brainsmith_core.records import Record, StepRecord


class Prefixing(FrameworkAdapter):
    name = "acme"

    def is_available(self) -> bool:
        return True

    def discover_plugins(self) -> Sequence[Record]:
        return ()

    def get_metadata(self) -> Mapping[str, str]:
        return {}

    def optional_prefixes(self) -> Mapping[str, str]:
        return {"step": "step_"}


def steps(*names: str) -> list[PlannedStep]:
    return [PlannedStep(name, "steps", function=lambda model, _cfg: model) for name in names]


def test_without_start_and_stop_every_step_is_selected() -> None:
    assert select(steps("a", "b", "c")) == range(3)


def test_start_and_stop_are_both_included() -> None:
    assert select(steps("a", "b", "c", "d"), "b", "c") == range(1, 3)


def test_a_plan_without_steps_selects_nothing() -> None:
    assert list(select([])) == []


def test_a_step_can_be_named_by_its_number_counted_from_one() -> None:
    assert select(steps("a", "b", "c"), "2", "03") == range(1, 3)


def test_a_step_can_be_named_with_its_source() -> None:
    record = StepRecord(name="tidy", target="acme.steps:tidy").stamped(
        source="acme", distribution="acme", distribution_version="1"
    )
    assert select([*steps("a"), PlannedStep("tidy", "steps", record=record)], "acme:tidy") == range(1, 2)


@pytest.mark.parametrize("wanted", ["acme:tidy", "acme:step_tidy", "step_tidy", "acme:tidy#1"])
def test_a_step_can_be_named_as_in_a_blueprint_without_its_framework_s_prefix(wanted: str) -> None:
    record = StepRecord(name="step_tidy", target="acme.steps:tidy").stamped(
        source="acme", distribution="acme", distribution_version="1"
    )
    planned = [*steps("a"), PlannedStep("step_tidy", "steps", record=record)]
    assert select(planned, wanted, frameworks=[Prefixing()]) == range(1, 2)


@pytest.mark.parametrize("wanted", ["tidy", "other:tidy"])
def test_the_prefix_is_left_out_after_the_framework_s_source_alone(wanted: str) -> None:
    with pytest.raises(BuildError, match="names no step of the plan"):
        select(steps("step_tidy"), wanted, frameworks=[Prefixing()])


def test_a_repeated_name_is_told_apart_by_its_occurrence() -> None:
    assert select(steps("a", "b", "a"), "a#2") == range(2, 3)
    assert select(steps("a", "b", "a"), stop="a#1") == range(1)


def test_a_name_that_has_a_hash_itself_is_found_as_it_is() -> None:
    assert select(steps("lambda #1", "lambda #3"), "lambda #3") == range(1, 2)


def test_a_repeated_name_alone_is_answered_with_the_choices() -> None:
    with pytest.raises(BuildError) as caught:
        select(steps("a", "b", "a"), "a")
    assert caught.value.fact == "--start a could be any of 2 steps"
    assert caught.value.remedy == "say which: a#1 (step 1), a#2 (step 3)"


def test_a_misspelt_name_is_answered_with_the_closest() -> None:
    with pytest.raises(BuildError) as caught:
        select(steps("Cleanup", "streamline"), stop="cleanpu")
    assert caught.value.fact == "--stop cleanpu names no step of the plan"
    assert caught.value.remedy == "did you mean 'Cleanup'?"


def test_a_name_like_no_other_is_answered_with_all_of_them() -> None:
    with pytest.raises(BuildError, match="the steps are cleanup, streamline"):
        select(steps("cleanup", "streamline"), "xyz")


@pytest.mark.parametrize("wanted", ["a#3", "a#0", "a#", "0", "4", "#1"])
def test_an_occurrence_or_number_that_is_not_there_names_no_step(wanted: str) -> None:
    with pytest.raises(BuildError, match="names no step of the plan"):
        select(steps("a", "b", "a"), wanted)


def test_a_plan_without_steps_says_so() -> None:
    with pytest.raises(BuildError, match="the plan has no steps"):
        select([], "a")


def test_a_stop_before_the_start_is_refused() -> None:
    with pytest.raises(BuildError, match="--stop a is step 1 and comes before --start c, step 3"):
        select(steps("a", "b", "c"), "c", "a")


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), st.data())
def test_every_step_can_be_named_by_number_and_by_occurrence(names: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(names) - 1))
    occurrence = names[: index + 1].count(names[index])
    by_number = select(steps(*names), str(index + 1), str(index + 1))
    by_occurrence = select(steps(*names), f"{names[index]}#{occurrence}", f"{names[index]}#{occurrence}")
    assert by_number == by_occurrence == range(index, index + 1)
