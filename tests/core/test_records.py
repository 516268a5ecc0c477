# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Records are immutable values."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_core.records import (
    RECORD_CLASSES,
    TYPES,
    BackendRecord,
    CustomOpRecord,
    KernelRecord,
    Record,
    StepRecord,
    TransformRecord,
)

identifiers = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
targets = st.builds("{}.{}:{}".format, identifiers, identifiers, identifiers)
texts = st.text(max_size=12)
tuples = st.lists(texts, max_size=3).map(tuple)
own_words: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "transform": {"creates": tuples},
    "kernel": {"op_type": texts},
    "backend": {"kernel": texts, "language": st.sampled_from(["hls", "rtl"])},
    "step": {},
    "custom_op": {},
}


@st.composite
def records(draw: st.DrawFn) -> Record:
    cls = RECORD_CLASSES[draw(st.sampled_from(sorted(RECORD_CLASSES)))]
    words: dict[str, Any] = {"name": draw(identifiers), "target": draw(targets)}
    for field in ("stage", "description", "author", "version", "unavailable", "remedy"):
        words[field] = draw(texts)
    words |= {"requires": draw(tuples), "parameters": draw(tuples), "registered": draw(st.booleans())}
    words |= {key: draw(strategy) for key, strategy in own_words[cls.type].items()}
    record = cls(**words)
    if draw(st.booleans()):
        record = record.stamped(source=draw(texts), distribution=draw(texts), distribution_version="1")
    return record


def a_transform(**words: Any) -> TransformRecord:
    return TransformRecord(**{"name": "Tidy", "target": "acme.transforms:Tidy", **words})


@given(records())
def test_a_record_survives_pickling_and_copying(record: Record) -> None:
    for twin in (pickle.loads(pickle.dumps(record)), copy.copy(record), copy.deepcopy(record)):
        assert twin == record
        assert type(twin) is type(record)
        assert hash(twin) == hash(record)
        assert twin.as_dict() == record.as_dict()


@given(records(), st.data())
def test_replace_changes_one_field_and_keeps_the_rest_and_the_stamps(
    record: Record, data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(["stage", "description", "author", "version"]))
    value = data.draw(texts)
    changed = record.replace(**{field: value})
    expected = {**record.as_dict(), field: value}
    assert changed.as_dict() == expected
    assert record.replace() == record


@given(records())
def test_as_dict_has_every_field_and_is_json(record: Record) -> None:
    values = record.as_dict()
    assert json.loads(json.dumps(values)) == values
    assert set(values) == {"type", "source", "available", *record.fields, *record.stamps}
    assert values["available"] is (not record.unavailable)


@given(records(), st.data())
def test_no_field_can_be_set_or_deleted(record: Record, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([*record.fields, *record.stamps, "anything"]))
    name = type(record).__name__
    with pytest.raises(AttributeError, match=rf"{name} is immutable: use replace\({field}=…\)"):
        setattr(record, field, "x")
    with pytest.raises(AttributeError, match=f"{name} is immutable"):
        delattr(record, field)


@given(records())
def test_S6_a_field_is_an_item_as_well(record: Record) -> None:
    for field in (*record.fields, *record.stamps, "type", "available"):
        assert record[field] == getattr(record, field)


@given(records())
def test_repr_reads_as_the_call_that_makes_the_record(record: Record) -> None:
    words: dict[str, Any] = {}
    exec(f"words.update(dict{repr(record).removeprefix(type(record).__name__)})", {"words": words})
    stamps = {field: words.pop(field, "") for field in record.stamps}
    again = type(record)(**words)
    assert (again.stamped(**stamps) if any(stamps.values()) else again) == record


@pytest.mark.parametrize("key", ["backend_type", "kernel", "class", "__init__", "replace"])
def test_an_item_that_the_record_lacks_is_a_key_error(key: str) -> None:
    with pytest.raises(KeyError, match=key):
        a_transform()[key]


def test_S6_a_back_end_tells_its_kernel_and_its_backend_type() -> None:
    record = BackendRecord(name="LayerNormHLS", target="a:B", kernel="LayerNorm", language="hls")
    assert (record["type"], record["name"]) == ("backend", "LayerNormHLS")
    assert (record["kernel"], record["backend_type"], record.backend_type) == ("LayerNorm", "hls", "hls")


def test_a_kernels_op_type_defaults_to_its_name() -> None:
    assert KernelRecord(name="Softmax", target="a:B").op_type == "Softmax"
    assert KernelRecord(name="Softmax", target="a:B", op_type="QSoftmax").op_type == "QSoftmax"


def test_the_types_with_a_namespace_come_in_the_order_of_listings() -> None:
    assert TYPES == ("transform", "kernel", "backend", "step")
    assert {type_: cls.type for type_, cls in RECORD_CLASSES.items()} == {
        type_: type_ for type_ in (*TYPES, "custom_op")
    }
    assert RECORD_CLASSES["custom_op"] is CustomOpRecord


def test_stamping_names_the_owner_and_defaults_the_version() -> None:
    stamped = a_transform().stamped(source="acme", distribution="acme-pack", distribution_version="2.1")
    assert (stamped.source, stamped.distribution, stamped.distribution_version) == (
        "acme",
        "acme-pack",
        "2.1",
    )
    assert stamped.version == "2.1"
    assert stamped.id == "transform:acme:Tidy"
    assert stamped.qualified_name == "acme:Tidy"
    own = a_transform(version="0.9").stamped(source="a", distribution="b", distribution_version="2.1")
    assert own.version == "0.9"


def test_a_fresh_record_has_no_owner() -> None:
    record = a_transform()
    assert (record.source, record.distribution, record.distribution_version) == ("", "", "")


@pytest.mark.parametrize("field", ["source", "distribution", "distribution_version"])
def test_the_owner_cannot_be_passed(field: str) -> None:
    with pytest.raises(TypeError, match=field):
        a_transform(**{field: "x"})


def test_records_of_two_types_differ_though_their_fields_are_the_same() -> None:
    step = StepRecord(name="x", target="a:b")
    custom_op = CustomOpRecord(name="x", target="a:b")
    assert step != custom_op
    assert step != "x"
    assert len({step, custom_op, StepRecord(name="x", target="a:b")}) == 2


def test_the_module_is_the_part_of_the_target_before_the_colon() -> None:
    assert a_transform().module == "acme.transforms"
    assert TransformRecord(name="set", members=("a",)).module == ""


def test_required_parameters_are_those_without_a_default() -> None:
    record = a_transform(
        parameters=("bits", "width: int", "signed=True", "depth: int = 3", "*rest", "**more")
    )
    assert record.required_parameters == ("bits", "width")


def test_an_unavailable_record_says_what_is_missing() -> None:
    record = a_transform(unavailable="needs torch", remedy="pip install torch")
    assert not record.available
    assert record.as_dict()["available"] is False
    assert a_transform().available


@pytest.mark.parametrize("name", ["", "two words", "1st", "a.b", "a:b", "a-b"])
def test_a_name_that_no_namespace_could_offer_is_refused(name: str) -> None:
    with pytest.raises(ValueError) as caught:
        a_transform(name=name)
    assert str(caught.value) == f"name={name!r} is not a Python identifier, so no namespace could offer it"


@pytest.mark.parametrize("target", ["", "acme", "acme:", ":Tidy", "acme.:T", "acme:T:U", "acme/x:T", "a b:C"])
def test_a_target_of_another_form_is_refused(target: str) -> None:
    with pytest.raises(ValueError) as caught:
        a_transform(target=target)
    assert str(caught.value) == f"target={target!r} of 'Tidy' is not of the form 'package.module:attribute'"


def test_a_target_may_name_a_nested_attribute() -> None:
    assert a_transform(target="a.b:C.d").target == "a.b:C.d"


@pytest.mark.parametrize(
    "field", ["name", "target", "stage", "description", "author", "version", "unavailable", "remedy"]
)
def test_a_word_that_is_no_text_is_refused(field: str) -> None:
    with pytest.raises(TypeError) as caught:
        a_transform(**{field: 3})
    assert str(caught.value) == f"{field}=3 must be text, not int"


@pytest.mark.parametrize("field", ["requires", "parameters", "members", "creates"])
@pytest.mark.parametrize("value", ["numpy", 3])
def test_a_list_of_words_must_be_a_list(field: str, value: object) -> None:
    with pytest.raises(TypeError) as caught:
        a_transform(**{field: value})
    assert str(caught.value) == f"{field}={value!r} must be a tuple of texts"


@pytest.mark.parametrize("field", ["requires", "parameters", "members", "creates"])
def test_a_list_of_words_must_have_words(field: str) -> None:
    with pytest.raises(TypeError) as caught:
        a_transform(**{field: ["numpy", None]})
    assert str(caught.value) == f"{field} has None, which must be text, not NoneType"


def test_lists_become_tuples() -> None:
    assert a_transform(requires=["numpy"]).requires == ("numpy",)


def test_a_transform_set_has_members_and_no_target() -> None:
    record = TransformRecord(name="cleanup", members=["qonnx:FoldConstants", "~MergeOpChains"])
    assert record.members == ("qonnx:FoldConstants", "~MergeOpChains")
    with pytest.raises(ValueError) as caught:
        TransformRecord(name="cleanup", target="a:B", members=("X",))
    assert str(caught.value) == "'cleanup' has both members and a target; a transform set has only members"


def test_a_back_end_needs_a_language() -> None:
    with pytest.raises(ValueError) as caught:
        BackendRecord(name="X", target="a:B", language="")
    assert str(caught.value) == "language of 'X' is empty; say 'hls' or 'rtl'"
    with pytest.raises(TypeError, match="kernel=3 must be text, not int"):
        BackendRecord(name="X", target="a:B", language="hls", kernel=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="op_type=3 must be text, not int"):
        KernelRecord(name="X", target="a:B", op_type=3)  # type: ignore[arg-type]
