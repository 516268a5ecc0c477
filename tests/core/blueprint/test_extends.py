# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from brainsmith_core.blueprint.read import read


@pytest.fixture
def names():
    return lambda references: [reference.name for reference in references]


def test_mappings_merge_key_by_key_and_the_nearer_file_wins(write):
    write(
        """\
        name: base
        description: from the base
        target: {board: Pynq-Z1, clock_ns: 10}
        acme_config: {a: 1, deep: {x: 1, y: 2}}
        hw_compiler:
          transforms: [one]
        """,
        "base.yaml",
    )
    path = write(
        """\
        extends: base.yaml
        name: model
        target: {clock_ns: 5}
        acme_config: {deep: {y: 3}, b: 4}
        """
    )
    blueprint = read(path)
    assert (blueprint.name, blueprint.description) == ("model", "from the base")
    assert (blueprint.target.board, blueprint.target.clock_ns) == ("Pynq-Z1", 5.0)
    assert blueprint.framework_config == {"acme": {"a": 1, "deep": {"x": 1, "y": 3}, "b": 4}}
    assert [file.name for file in blueprint.files] == ["model.yaml", "base.yaml"]


def test_a_list_replaces_the_farther_one_whole(write, names):
    write(
        "hw_compiler: {transforms: [one, two], steps: [s], kernels: [k, l]}\nrequires: [pytest]", "base.yaml"
    )
    path = write(
        "extends: base.yaml\nrequires: []\nhw_compiler: {transforms: [three], kernels: []}",
    )
    blueprint = read(path)
    assert names(blueprint.transforms) == ["three"]
    assert names(blueprint.steps) == ["s"]
    assert blueprint.kernels == ()
    assert blueprint.requires == ()


def test_a_mapping_and_a_single_value_replace_each_other(write):
    write("acme_config: {a: 3, b: {x: 1}, c: [1]}\nhw_compiler: {}", "base.yaml")
    path = write("extends: base.yaml\nacme_config: {a: {x: 1}, b: 3, c: {y: 2}}")
    assert read(path).framework_config == {"acme": {"a": {"x": 1}, "b": 3, "c": {"y": 2}}}


def test_every_value_keeps_the_place_where_it_is_said(write):
    write("\n\nhw_compiler:\n  steps: [far]\n  transforms: [lost, lost]\n", "base.yaml")
    path = write("extends: base.yaml\nhw_compiler:\n  transforms:\n    - near\n")
    blueprint = read(path)
    assert str(blueprint.transforms[0].place) == "model.yaml:4:7 hw_compiler.transforms[0]"
    assert str(blueprint.steps[0].place) == "base.yaml:4:11 hw_compiler.steps[0]"
    assert str(blueprint.sections["hw_compiler"]) == "model.yaml:2:1 hw_compiler"


def test_the_path_is_relative_to_the_file_that_says_it(write, names):
    write("hw_compiler: {steps: [s]}", "family/common/root.yaml")
    write("extends: common/root.yaml", "family/base.yaml")
    path = write("extends: ../family/base.yaml", "models/model.yaml")
    blueprint = read(path)
    assert names(blueprint.steps) == ["s"]
    assert str(blueprint.steps[0].place) == ("models/../family/common/root.yaml:1:23 hw_compiler.steps[0]")


def test_faults_of_all_files_come_together_those_of_the_blueprint_first(write, text_faults):
    write("zzz: 1\nhw_compiler: {steps: 3}\ntarget: {board: 1}\ntarget: {}", "base.yaml")
    found = text_faults("extends: base.yaml\n\n\nyyy: 1")
    assert [place for place, _, _ in found] == [
        "model.yaml:4:1 yyy",
        "base.yaml:1:1 zzz",
        "base.yaml:2:15 hw_compiler.steps",
        "base.yaml:3:10 target.board",
        "base.yaml:4:1 target",
    ]


def test_a_file_that_is_not_there(text_faults, tmp_path):
    assert text_faults("name: x\nextends: sub/base.yaml") == [
        (
            "model.yaml:2:1 extends",
            "cannot extend 'sub/base.yaml': there is no such file",
            f"check the path; it is taken relative to {tmp_path}",
        )
    ]


def test_a_folder(text_faults, tmp_path):
    ((place, fact, remedy),) = text_faults("extends: .")
    assert (place, fact) == ("model.yaml:1:1 extends", "cannot extend '.': is a folder, not a file")
    assert remedy == f"name the YAML file in it; it is taken relative to {tmp_path}"


def test_a_path_with_a_nul_byte(text_faults):
    ((place, fact, _),) = text_faults('extends: "a\\0b"')
    assert place == "model.yaml:1:1 extends"
    assert fact == "cannot extend 'a\\x00b': cannot be read: embedded null byte"


def test_a_file_that_is_not_yaml_is_told_at_its_own_line(write, text_faults):
    write("a: 1\n\tb: 2", "base.yaml")
    assert text_faults("extends: base.yaml") == [
        ("base.yaml:2:1", "a tab stands where YAML wants spaces", "indent with spaces")
    ]


def test_a_file_that_is_empty(write, text_faults):
    write("", "base.yaml")
    remedy = "write 'hw_compiler:' and under it what the compiler shall do"
    assert ("base.yaml:1:1", "the blueprint is empty", remedy) in text_faults("extends: base.yaml")


def test_a_blueprint_without_hw_compiler_in_any_file(write, text_faults):
    write("name: base", "base.yaml")
    remedy = "add 'hw_compiler:' with transforms, kernels or steps under it"
    assert text_faults("extends: base.yaml") == [("model.yaml:1:1", "'hw_compiler' is missing", remedy)]


def test_a_blueprint_that_extends_itself(text_faults):
    assert text_faults("hw_compiler: {}\nextends: model.yaml") == [
        (
            "model.yaml:2:1 extends",
            "the blueprint extends itself: model.yaml > model.yaml",
            "remove one of these 'extends'",
        )
    ]


def test_a_cycle_is_told_with_its_chain_at_the_line_that_closes_it(write, text_faults):
    write("extends: two.yaml", "one.yaml")
    write("name: two\nextends: ./one.yaml", "two.yaml")
    assert text_faults("extends: one.yaml") == [
        (
            "two.yaml:2:1 extends",
            "the blueprint extends itself: model.yaml > one.yaml > two.yaml > one.yaml",
            "remove one of these 'extends'",
        )
    ]


def test_a_cycle_through_a_link_is_one_too(write, text_faults, tmp_path):
    (tmp_path / "link.yaml").symlink_to(tmp_path / "model.yaml")
    ((_, fact, _),) = text_faults("extends: link.yaml")
    assert fact == "the blueprint extends itself: model.yaml > link.yaml"


def test_a_variable_that_is_not_set_is_the_only_fault(text_faults):
    ((place, fact, _),) = text_faults("extends: ${NOPE}/base.yaml", environment={})
    assert (place, fact) == ("model.yaml:1:1 extends", "the environment variable 'NOPE' is not set")


@pytest.mark.parametrize(("value", "fact"), [("3", "must be text, not the number 3"), ("''", "is empty")])
def test_a_path_that_is_no_text(text_faults, value, fact):
    ((place, told, _),) = text_faults(f"extends: {value}\nhw_compiler: {{}}")
    assert (place, told) == ("model.yaml:1:1 extends", fact)
