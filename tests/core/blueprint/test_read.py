# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement

from brainsmith_core.blueprint.blueprint import Blueprint
from brainsmith_core.blueprint.plan import Target
from brainsmith_core.blueprint.read import draft, read
from brainsmith_core.errors import BlueprintError


def shown(references) -> list[str]:
    return [
        f"{'~' if reference.optional else ''}{reference.type} {reference.name}" for reference in references
    ]


def test_the_seeds_blueprint_is_read_as_printed(write, seed):
    blueprint = read(write(seed))
    assert blueprint.name == "model"
    assert shown(blueprint.transforms) == ["transform quantization", "~transform folding"]
    assert shown(blueprint.pre_hw) == ["transform cleanup_transforms"]
    assert shown(blueprint.post_hw) == ["transform optimization_transforms"]
    matmul, softmax = blueprint.kernels
    assert (matmul.kernel.name, matmul.backends) == ("matmul", None)
    assert softmax.kernel.name == "softmax"
    assert shown(softmax.backends) == ["backend hls"]
    assert blueprint.steps == ()
    assert blueprint.faults == ()


def test_every_key_of_the_dialect_is_read(write):
    blueprint = read(
        write(
            """\
            name: digits
            description: A small one.
            requires: ["pytest>=8"]
            target: {board: Pynq-Z1, part: xc7z020, clock_ns: 5}
            acme_config: {fast: true}
            hw_compiler:
              kernels: [{kernel: ~acme:Softmax, backends: [~rtl, acme:SoftmaxHLS]}]
              transforms: []
              steps: [cleanup, ~acme:extra, cleanup]
            """
        )
    )
    assert (blueprint.name, blueprint.description) == ("digits", "A small one.")
    assert [str(required.requirement) for required in blueprint.requires] == ["pytest>=8"]
    assert str(blueprint.requires[0].place) == "model.yaml:3:12 requires[0]"
    assert blueprint.target == Target(board="Pynq-Z1", part="xc7z020", clock_ns=5.0)
    assert blueprint.framework_config == {"acme": {"fast": True}}
    (choice,) = blueprint.kernels
    assert shown([choice.kernel]) == ["~kernel acme:Softmax"]
    assert shown(choice.backends) == ["~backend rtl", "backend acme:SoftmaxHLS"]
    assert str(choice.kernel.place) == "model.yaml:7:14 hw_compiler.kernels[0].kernel"
    assert str(choice.backends[1].place) == "model.yaml:7:54 hw_compiler.kernels[0].backends[1]"
    assert blueprint.transforms == ()
    assert shown(blueprint.steps) == ["step cleanup", "~step acme:extra", "step cleanup"]
    assert blueprint.file == "model.yaml"


def test_the_places_that_a_plan_may_have_to_name(write, seed):
    places = read(write(seed)).sections
    assert {name: (place.line, place.column) for name, place in places.items()} == {
        "hw_compiler": (1, 1),
        "hw_compiler.kernels": (2, 3),
        "hw_compiler.transforms_phased": (8, 3),
    }


def test_a_mapping_made_in_python_is_a_blueprint_too(write):
    write("hw_compiler: {transforms: [far]}", "base.yaml")
    blueprint = draft({"extends": "base.yaml", "hw_compiler": {"steps": ("cleanup", "~tidy")}})
    assert blueprint.name == "blueprint"
    assert shown(blueprint.steps) == ["step cleanup", "~step tidy"]
    assert str(blueprint.steps[1].place) == "blueprint hw_compiler.steps[1]"
    assert shown(blueprint.transforms) == ["transform far"]


def test_faults_of_a_mapping_made_in_python_name_the_path_of_keys(faults_of):
    faults = faults_of(draft({1: 2, "hw_compiler": {"steps": ["ok", 3]}}).check)
    assert [(place, fact) for place, fact, _ in faults] == [
        ("blueprint hw_compiler.steps[1]", "must be text, not the number 3"),
        ("blueprint 1", "'1' is not a key of a blueprint"),
    ]


def test_a_draft_keeps_what_is_well_formed(write):
    blueprint = draft(
        write(
            """\
            requires: [pytest, 3, "a b c"]
            acme_config: 3
            hw_compiler:
              kernels: [1, {kernel: a b}, {kernel: good, backends: [hls, 4]}, {}, {kernel: k, backends: x}]
              transforms: [one, 2, "a b", two]
              transforms_phased: 3
              steps: alone
            """
        )
    )
    assert [required.requirement.name for required in blueprint.requires] == ["pytest"]
    assert blueprint.framework_config == {}
    assert [
        (choice.kernel.name, choice.backends and shown(choice.backends)) for choice in blueprint.kernels
    ] == [
        ("good", ["backend hls"]),
        ("k", None),
    ]
    assert shown(blueprint.transforms) == ["transform one", "transform two"]
    assert str(blueprint.transforms[1].place) == "model.yaml:5:31 hw_compiler.transforms[3]"
    assert (blueprint.pre_hw, blueprint.steps) == ((), ())
    assert len(blueprint.faults) == 12


def test_reading_raises_what_a_draft_keeps(write, faults_of):
    path = write("hw_compiler: {steps: [1]}")
    assert faults_of(read, path) == faults_of(draft(path).check)


@pytest.mark.parametrize(
    ("name", "fact"), [("none.yaml", "there is no such file"), (".", "is a folder, not a file")]
)
def test_a_file_that_cannot_be_read_is_a_blueprint_error(write, faults_of, name, fact):
    write("")
    ((place, told, remedy),) = faults_of(read, Path(name))
    assert (place, told) == (name, fact)
    assert remedy


def test_the_error_names_the_blueprint_and_has_its_own_exit_code(write):
    with pytest.raises(BlueprintError) as caught:
        read(write("hw_compiler: {a: 1, b: 2}"))
    assert (caught.value.place, caught.value.fact) == ("model.yaml", "2 faults in the blueprint")
    assert caught.value.exit_code == 6


def test_requirements_that_pip_would_not_read(text_faults):
    ((place, fact, remedy),) = text_faults("requires: ['acme>=']\nhw_compiler: {}")
    with pytest.raises(InvalidRequirement) as caught:
        Requirement("acme>=")
    reason = str(caught.value).splitlines()[0]
    assert place == "model.yaml:1:12 requires[0]"
    assert fact == f"'acme>=' is not a requirement: {reason}"
    assert remedy == "write it as for pip, such as 'brainsmith-kernels>=0.1,<1'"


words = st.sampled_from(["a", "~a:b", "a b", "${A}", "${B}", "${", "base.yaml", "x>=1", "x>=", ""])
top_keys = ["name", "extends", "requires", "target", "clock_ns", "board", "acme_config", "hw_compiler"]
inner_keys = ["kernels", "kernel", "backends", "transforms", "transforms_phased", "pre_hw", "steps"]
keys = st.sampled_from(top_keys + inner_keys)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["hw_compiler", "target", "extends", "requires", "acme_config"]), anything
    )
)
def test_every_mapping_gives_a_blueprint_whose_faults_are_all_told(write, tmp_path, data):
    (tmp_path / "base.yaml").write_text("hw_compiler: {kernels: [{kernel: k}]}\nacme_config: {a: [1]}")
    blueprint = draft(data, environment={"A": "1"})
    assert isinstance(blueprint, Blueprint)
    for at, fault in blueprint.faults:
        assert fault.place == str(at)
        assert fault.fact
        assert fault.remedy


@pytest.mark.parametrize("given", [["transforms"], 3, None])
def test_what_is_neither_a_path_nor_a_mapping_is_no_blueprint(faults_of, given):
    fact = f"a blueprint must be the path of a file or a mapping, not {given!r}"
    assert faults_of(draft, given) == [("blueprint", fact, "pass a path such as 'model.yaml'")]
