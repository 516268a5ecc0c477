# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A catalogue: records as one sorted text that gives back exactly what went in."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_core.catalogue import Catalogue, decode, encode, fold
from brainsmith_core.records import (
    RECORD_CLASSES,
    BackendRecord,
    CustomOpRecord,
    KernelRecord,
    Record,
    StepRecord,
    TransformRecord,
)

texts = st.text(max_size=12) | st.sampled_from(["\t", "\n", "\\", "\\t", "\x1f", "a\\\tb\n", "\\u", ""])
tuples = st.lists(texts, max_size=3).map(tuple)
names = st.sampled_from(["Add", "add", "ADD", "Tidy", "tidy", "Ünïcode", "step_a"])
sources = st.sampled_from(["acme", "brainsmith", "zeta"])
words = {
    "target": st.just("pack.module:Object"),
    "stage": texts,
    "description": texts,
    "author": texts,
    "version": texts,
    "requires": tuples,
    "parameters": tuples,
    "registered": st.booleans(),
    "unavailable": texts,
    "remedy": texts,
}


@st.composite
def stamped_records(draw: st.DrawFn) -> Record:
    build = {key: draw(value) for key, value in words.items()}
    kind = draw(st.sampled_from(list(RECORD_CLASSES)))
    extra: dict[str, object] = {}
    if kind == "transform":
        extra = {"creates": draw(tuples)}
        if draw(st.booleans()):
            extra["members"], build["target"] = ("x", *draw(tuples)), ""
    elif kind == "backend":
        extra = {"kernel": draw(texts), "language": "hls"}
    elif kind == "kernel":
        extra = {"op_type": draw(texts)}
    record = RECORD_CLASSES[kind](name=draw(names), **build, **extra)
    source = draw(sources)
    return record.stamped(source=source, distribution=f"{source}-pack", distribution_version="1.0")


@given(stamped_records())
def test_a_record_survives_being_a_line(record: Record) -> None:
    line = encode(record)
    assert "\n" not in line
    assert decode(line) == record
    assert type(decode(line)) is type(record)


@given(st.lists(stamped_records(), max_size=12))
def test_what_went_in_comes_out_and_can_be_looked_up(records: list[Record]) -> None:
    made = Catalogue.of(records)
    catalogue = Catalogue(made.header, made.body)
    assert len(catalogue) == len(records)
    assert sorted(map(encode, catalogue.records())) == sorted(map(encode, records))
    assert catalogue.sources == tuple(sorted({record.source for record in records}))
    for type_ in RECORD_CLASSES:
        for name in ("Add", "add", "Tidy", "Ünïcode", "nothing", ""):
            key = fold(type_, name)
            wanted = [r for r in records if r.type == type_ and fold(type_, r.name) == key]
            assert sorted(map(encode, catalogue.lookup(type_, key))) == sorted(map(encode, wanted))


@given(st.lists(stamped_records(), max_size=8), st.randoms())
def test_its_text_does_not_depend_on_the_order(records: list[Record], chance: random.Random) -> None:
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert _text(Catalogue.of(shuffled)) == _text(Catalogue.of(records))


@given(st.lists(stamped_records(), max_size=8))
def test_its_lines_make_the_same_catalogue_again(records: list[Record]) -> None:
    catalogue = Catalogue.of(records)
    assert _text(Catalogue.from_lines(catalogue.lines())) == _text(catalogue)


def _text(catalogue: Catalogue) -> str:
    return catalogue.header + catalogue.body.decode()


def _stamped(record: Record, source: str) -> Record:
    return record.stamped(source=source, distribution=source, distribution_version="1")


def test_names_are_those_that_work_as_attributes() -> None:
    catalogue = Catalogue.of(
        [
            _stamped(TransformRecord(name="Alone", target="m:A"), "acme"),
            _stamped(TransformRecord(name="Both", target="m:B"), "acme"),
            _stamped(TransformRecord(name="Both", target="m:B"), "zeta"),
            _stamped(TransformRecord(name="Hidden", target="m:H", registered=False), "zeta"),
            _stamped(StepRecord(name="step_a", target="m:s", registered=False), "zeta"),
            _stamped(KernelRecord(name="MatMul", target="m:K"), "acme"),
            _stamped(KernelRecord(name="Matmul", target="m:K"), "zeta"),
            _stamped(CustomOpRecord(name="Quant", target="m:Q"), "zeta"),
        ]
    )
    assert catalogue.names("transform") == ("Alone", "acme.Both", "zeta.Both", "zeta.Hidden")
    assert catalogue.names("step") == ("step_a",)
    assert catalogue.names("kernel") == ("MatMul", "Matmul")
    assert catalogue.names("custom_op") == ()


def test_records_come_by_type_in_the_order_of_names() -> None:
    given_ = [
        _stamped(BackendRecord(name="B", target="m:B", language="rtl"), "acme"),
        _stamped(TransformRecord(name="Zip", target="m:Z"), "acme"),
        _stamped(TransformRecord(name="Add", target="m:A"), "zeta"),
    ]
    assert [record.name for record in Catalogue.of(given_).records()] == ["Add", "Zip", "B"]
    assert [record.name for record in Catalogue.of(given_).records("transform")] == ["Add", "Zip"]


def test_references_are_the_names_with_and_without_their_source() -> None:
    given_ = [
        _stamped(KernelRecord(name="Add", target="m:A"), "acme"),
        _stamped(KernelRecord(name="Add", target="m:A"), "odd\tname"),
    ]
    assert Catalogue.of(given_).references() == {"Add", "acme:Add", "odd\tname:Add"}


def test_a_source_with_a_tab_survives() -> None:
    record = _stamped(KernelRecord(name="Add", target="m:A"), "odd\tname")
    catalogue = Catalogue.of([record])
    assert catalogue.sources == ("odd\tname",)
    assert catalogue.lookup("kernel", "add") == [record]
    assert catalogue.lines_of("odd\tname", "odd\tname", "1") == (encode(record),)


def test_the_lines_of_some_packs_stay_sorted() -> None:
    records = [
        _stamped(StepRecord(name=name, target="m:a"), source)
        for name, source in (("c", "acme"), ("b", "odd\tname"), ("a", "acme"), ("a", "zeta"))
    ]
    owners = [("odd\tname", "odd\tname", "1"), ("acme", "acme", "1"), ("acme", "zeta", "1")]
    assert Catalogue.of(records).lines_of_all(owners) == [encode(records[i]) for i in (2, 1, 0)]


def test_asking_twice_gives_the_same_object() -> None:
    catalogue = Catalogue.of([_stamped(StepRecord(name="a", target="m:a"), "acme")])
    assert catalogue.lookup("step", "a")[0] is next(catalogue.records())


def test_an_empty_catalogue_has_nothing() -> None:
    catalogue = Catalogue.of([])
    assert (len(catalogue), catalogue.sources, list(catalogue.records()), catalogue.lines()) == (
        0,
        (),
        [],
        [],
    )
    assert [catalogue.names(type_) for type_ in RECORD_CLASSES] == [()] * len(RECORD_CLASSES)


@pytest.mark.parametrize("type_", RECORD_CLASSES)
def test_only_kernels_are_looked_up_in_any_spelling(type_: str) -> None:
    assert fold(type_, "MatMul") == ("matmul" if type_ == "kernel" else "MatMul")
