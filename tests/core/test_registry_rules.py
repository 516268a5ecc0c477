# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever a registry holds, what a name means and what is found by it agree."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from brainsmith_core.errors import (
    AmbiguousPluginError,
    BrainsmithError,
    PluginNotFoundError,
)
from brainsmith_core.records import (
    TYPES,
    KernelRecord,
    Record,
    StepRecord,
    TransformRecord,
)
from brainsmith_core.registry import Registry, Resolution


def owned(record: Record, source: str, distribution: str = "") -> Record:
    return record.stamped(source=source, distribution=distribution or source, distribution_version="1.0")


def transform(name: str, source: str, distribution: str = "", **words: Any) -> Record:
    return owned(TransformRecord(name=name, target=f"{source}.m:{name}", **words), source, distribution)


def step(name: str, source: str, **words: Any) -> Record:
    return owned(StepRecord(name=name, target=f"{source}.s:{name}", **words), source)


def kernel(name: str, source: str, **words: Any) -> Record:
    return owned(KernelRecord(name=name, target=f"{source}.k:{name}", **words), source)


names = st.sampled_from(["Fold", "fold", "Tidy", "step_tidy"])
sources = st.sampled_from(["qonnx", "finn", "acme"])
makers = st.sampled_from([transform, step, kernel])


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    drawn = draw(
        st.lists(st.tuples(makers, names, sources, st.booleans()), max_size=8, unique_by=lambda t: t[:3])
    )
    records = [make(name, source, registered=registered) for make, name, source, registered in drawn]
    prefixes = draw(st.sampled_from([{}, {"finn": {"step": "step_"}}]))
    return Registry(records, priority=draw(st.lists(sources, unique=True)), prefixes=prefixes)


def meaning(registry: Registry, type_: str, reference: str) -> Resolution | BrainsmithError:
    try:
        return registry.resolve(type_, reference)
    except (AmbiguousPluginError, PluginNotFoundError) as error:
        return error


@given(registries(), st.sampled_from(TYPES), names, st.none() | sources)
def test_what_resolves_is_what_find_finds(
    registry: Registry, type_: str, name: str, source: str | None
) -> None:
    reference = f"{source}:{name}" if source else name
    everything = registry.find(type_)
    answer = meaning(registry, type_, reference)
    assert (f"{type_}:{reference}" in registry) is isinstance(answer, Resolution)
    if isinstance(answer, Resolution):
        assert answer.record in everything
        assert source in (None, answer.record.source)
        assert answer.record.name.lower().removeprefix("step_") == name.lower().removeprefix("step_")
        assert registry[f"{type_}:{reference}"] == answer.record
        assert answer.record not in answer.shadowed
        assert {answer.record, *answer.shadowed} == set(registry.candidates(type_, reference))
    elif isinstance(answer, AmbiguousPluginError):
        assert len([record for record in everything if record.qualified_name in answer.candidates]) > 1
    else:
        exact = registry.find(type_, name=name, registered=True)
        assert not [record for record in exact if source in (None, record.source)]


@given(registries())
def test_every_record_resolves_by_its_full_id_or_is_shadowed_by_one_of_its_name(registry: Registry) -> None:
    for record in registry:
        assert registry[record.id] == record
