# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from brainsmith_core.yaml_document import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_VALUES,
    Place,
    YamlDocument,
    YamlFault,
    dotted,
    plain_scalar,
    read,
)


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write_file(content: str | bytes) -> Path:
        path = Path("model.yaml")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def fault_of(path: Path) -> tuple[str, str, str]:
    with pytest.raises(YamlFault) as caught:
        read(path)
    return caught.value.place, caught.value.fact, caught.value.remedy


def test_values_are_plain_python_values(write):
    text = "a: [1, 2.5, true, null, text]\nb: {c: 'on'}\n"
    assert read(write(text)).data == {"a": [1, 2.5, True, None, "text"], "b": {"c": "on"}}


def test_a_value_under_a_key_is_placed_at_its_key_and_an_item_at_itself(write):
    document = read(write("top:\n  list:\n    - one\n    - {deep: 1}\n"))
    assert document.place() == "model.yaml:1:1"
    assert document.place("top") == "model.yaml:1:1 top"
    assert document.place("top", "list") == "model.yaml:2:3 top.list"
    assert document.place("top", "list", 0) == "model.yaml:3:7 top.list[0]"
    assert document.place("top", "list", 1, "deep") == "model.yaml:4:8 top.list[1].deep"


def test_a_value_that_is_not_there_is_placed_at_its_nearest_parent(write):
    document = read(write("a: 1\ntop:\n  x: 1\n"))
    assert document.place("top", "y", "z") == "model.yaml:2:1 top.y.z"
    assert document.locate("top", "y") == Place("model.yaml", 2, 1, ("top", "y"))


def test_a_document_says_which_paths_of_keys_it_has(write):
    document = read(write("top:\n  x: null\n"))
    assert document.has()
    assert document.has("top", "x")
    assert not document.has("top", "y")
    assert not document.has("top", "x", "deeper")


def test_a_document_of_python_values_has_no_lines():
    document = YamlDocument(Path("here"), {"a": 1}, {}, [])
    assert document.place("a") == "here a"


def test_a_path_of_keys_is_written_as_people_write_it():
    assert dotted(("hw_compiler", "kernels", 2, "backends")) == "hw_compiler.kernels[2].backends"


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "﻿"])
def test_an_empty_file_says_nothing(write, content):
    document = read(write(content))
    assert document.data is None
    assert document.place() == "model.yaml:1:1"


def test_a_document_begins_where_its_first_value_does(write):
    assert read(write("# a comment\n---\na: 1\n")).place() == "model.yaml:3:1"


def test_a_list_is_a_document_too(write):
    assert read(write("- a\n- b\n")).data == ["a", "b"]


def test_a_byte_order_mark_is_no_text(write):
    assert read(write("﻿a: 1")).data == {"a": 1}


def test_keys_are_text(write):
    assert read(write("1: a\non: b\nnull: c\n")).data == {"1": "a", "on": "b", "null": "c"}


def test_an_alias_repeats_its_anchor(write):
    assert read(write("a: &x [1]\nb: *x\n")).data == {"a": [1], "b": [1]}


def test_a_missing_file(write):
    write("")
    assert fault_of(Path("other.yaml")) == ("other.yaml", "there is no such file", "check the path")


def test_a_folder(tmp_path):
    place = str(tmp_path)
    assert fault_of(tmp_path) == (place, "is a folder, not a file", "name the YAML file in it")


def test_a_path_that_no_file_can_have():
    place, fact, remedy = fault_of(Path("a\0b"))
    assert (place, remedy) == ("a\0b", "check the path")
    assert fact == "cannot be read: embedded null byte"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(write):
    path = write("a: 1")
    path.chmod(0)
    assert fault_of(path) == ("model.yaml", "cannot be read: Permission denied", "check the path")


def test_a_path_through_a_file(write):
    inside = write("a: 1") / "deeper"
    assert fault_of(inside) == (str(inside), "cannot be read: Not a directory", "check the path")


def test_a_file_of_50_megabytes_is_not_read(write):
    path = write("")
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert fault_of(path) == ("model.yaml", f"is larger than {MAX_BYTES} bytes", "check the path")


def test_a_file_of_the_largest_size_is_read(write):
    text = "a: 1\n#"
    assert read(write(text + "x" * (MAX_BYTES - len(text)))).data == {"a": 1}
    assert fault_of(write(text + "x" * (MAX_BYTES - len(text) + 1)))[1] == "is larger than 1000000 bytes"


def test_an_alias_bomb_is_stopped(write):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    fact = f"unfolds to more than {MAX_VALUES} values"
    place = "model.yaml:1:34"  # the one value that the aliases repeat too often
    assert fault_of(write("\n".join(lines))) == (place, fact, "write fewer aliases")


def test_an_alias_of_what_it_stands_in_is_stopped(write):
    place, fact, remedy = fault_of(write("a: &x [*x]"))
    assert (place, fact, remedy) == ("model.yaml:1:4", "is nested more than 50 deep", "write it flatter")


def test_as_many_values_as_allowed_are_read(write):
    # The list itself is a value, too.
    items = ", ".join(["x"] * (MAX_VALUES - 1))
    assert len(read(write(f"[{items}]")).data) == MAX_VALUES - 1
    assert fault_of(write(f"[{items}, x]"))[1] == "unfolds to more than 50000 values"


def test_nesting_to_the_allowed_depth_is_read(write):
    assert read(write("[" * MAX_DEPTH + "x" + "]" * MAX_DEPTH)).data
    too_deep = "[" * (MAX_DEPTH + 1) + "x" + "]" * (MAX_DEPTH + 1)
    assert fault_of(write(too_deep)) == (
        f"model.yaml:1:{MAX_DEPTH + 1}",
        "is nested more than 50 deep",
        "write it flatter",
    )


@pytest.mark.parametrize(("part", "width"), [("- ", 2), ("[", 1), ("{a: ", 4)])
def test_nesting_beyond_the_interpreters_stack(write, part, width):
    place = f"model.yaml:1:{MAX_DEPTH * width + 1}"
    assert fault_of(write(part * 100_000)) == (place, "is nested more than 50 deep", "write it flatter")


def test_text_that_is_not_utf_8(write):
    content = "a: 1\nb: ü\n".encode("latin-1")
    assert fault_of(write(content)) == ("model.yaml:2:4", "is not UTF-8 text", "save it as UTF-8")


def test_utf_16(write):
    assert fault_of(write("a: 1".encode("utf-16")))[1] == "is not UTF-8 text"


def test_a_tab_for_indentation(write):
    fact = "a tab stands where YAML wants spaces"
    assert fault_of(write("a:\n\tb: 1\n")) == ("model.yaml:2:1", fact, "indent with spaces")


def test_a_nul_byte(write):
    fact = "has the control character U+0000, which YAML does not allow"
    assert fault_of(write("a: 1\nb: \0\n")) == ("model.yaml:2:4", fact, "remove it")


def test_a_second_document(write):
    remedy = "remove the '---' line and what follows"
    assert fault_of(write("a: 1\n---\nb: 2\n")) == ("model.yaml:2:1", "has more than one document", remedy)


def test_a_quote_that_is_not_closed(write):
    place, fact, remedy = fault_of(write("a: 1\nb: 'x\n"))
    assert place.startswith("model.yaml:3:1")
    assert (fact, remedy) == ("not YAML: found unexpected end of stream", "correct the line")


def test_an_alias_that_nothing_anchors(write):
    fact = "not YAML: found undefined alias"
    assert fault_of(write("a: *x\n"))[:2] == ("model.yaml:1:4", fact)


def test_a_key_that_is_a_list(write):
    expected = ("model.yaml:2:5 a", "a key must be a plain word", "write 'key: value'")
    assert fault_of(write("a:\n  ? [b]\n  : c\n")) == expected


def test_a_date_needs_quotes(write):
    fact = "'2024-01-31' is a timestamp to YAML, which has no meaning here"
    assert fault_of(write("a:\n  - 2024-01-31\n")) == ("model.yaml:2:5 a[0]", fact, "put it in quotes")


def test_a_tag_on_a_value_it_does_not_fit(write):
    expected = ("model.yaml:1:4 a", "'x' cannot be read as int", "put it in quotes")
    assert fault_of(write("a: !!int x\n")) == expected
    assert fault_of(write("a: !!bool maybe\n"))[1] == "'maybe' cannot be read as bool"
    assert fault_of(write("a: !!int ''\n"))[1] == "'' cannot be read as int"


def test_a_number_too_long_to_be_one(write):
    assert fault_of(write("a: " + "9" * 5000))[1] == f"'{'9' * 40}' cannot be read as int"


@pytest.mark.parametrize("tag", ["!!python/object:os.system", "!custom"])
def test_a_tag_of_its_own(write, tag):
    shown = tag.removeprefix("!!") if tag.startswith("!!") else tag
    assert fault_of(write(f"a: {tag} {{b: 1}}\n")) == (
        "model.yaml:1:4 a",
        f"the tag {shown} has no meaning here",
        "remove it",
    )
    assert fault_of(write(f"a: {tag} b\n"))[1] == f"'b' is a {shown} to YAML, which has no meaning here"


def test_a_key_given_twice_is_noted_and_the_first_one_stays(write):
    document = read(write("top:\n  a: [1]\n  b: 2\n  a: [2, 3]\n"))
    assert document.data == {"top": {"a": [1], "b": 2}}
    assert document.place("top", "a", 0) == "model.yaml:2:7 top.a[0]"
    (fault,) = document.faults
    assert (fault.place, fault.fact) == ("model.yaml:4:3 top.a", "the key 'a' is given twice")
    assert fault.remedy == "remove one of them"
    assert fault.at == Place("model.yaml", 4, 3, ("top", "a"))


def test_a_merge_key_is_noted_and_not_read(write):
    document = read(write("base: &b {x: 1}\ntop:\n  <<: *b\n  y: 2\n"))
    assert document.data == {"base": {"x": 1}, "top": {"y": 2}}
    (fault,) = document.faults
    assert (fault.place, fault.fact) == ("model.yaml:3:3 top", "the merge key '<<' is not read")
    assert fault.remedy == "write the keys out"


def test_a_quoted_merge_sign_is_a_key(write):
    document = read(write("'<<': 1\n"))
    assert document.data == {"<<": 1}
    assert document.faults == []


def test_a_fault_survives_pickling(write):
    with pytest.raises(YamlFault) as caught:
        read(write("\tx"))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.at, copy.exit_code) == (str(caught.value), caught.value.at, 6)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("5.0", 5.0),
        ("true", True),
        ("", ""),
        ("null", "null"),
        ("a b", "a b"),
        ("2024-01-31", "2024-01-31"),
    ],
)
def test_a_plain_word_may_be_a_number_or_a_boolean(text, value):
    assert plain_scalar(text) == value
    assert type(plain_scalar(text)) is type(value)


def test_a_number_too_long_to_be_one_stays_text():
    assert plain_scalar("9" * 5000) == "9" * 5000


yaml_like = st.text(alphabet=st.sampled_from("ab1.:-?[]{},&*!|>'\"%@`#<=~ \n\t\0\\é﻿"), max_size=60)
tagged = st.sampled_from(
    ["str", "int", "float", "bool", "null", "timestamp", "binary", "merge", "set", "omap"]
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=80)
    | yaml_like.map(str.encode)
    | st.tuples(tagged, yaml_like).map(lambda pair: f"a: !!{pair[0]} {pair[1]}".encode())
)
@example(b"a: =")
@example(b"a: .inf")
@example(b"a: 190:20:30")
@example(b"a: !!float ''")
def test_no_file_raises_anything_but_a_yaml_fault_with_a_remedy(tmp_path, content):
    path = tmp_path / "any.yaml"
    path.write_bytes(content)
    try:
        data = read(path).data
    except YamlFault as fault:
        told = fault
    else:
        assert data is None or isinstance(data, (dict, list, str, int, float, bool))
        return
    assert told.place.startswith(str(path))
    assert told.fact
    assert told.remedy
