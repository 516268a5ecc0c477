# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.blueprint.read import draft, read
from brainsmith_core.blueprint.variables import Variables
from brainsmith_core.yaml_document import Place

AT = Place("model.yaml", 2, 3, ("extends",))


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${A}", "one"),
        ("x-${A}/${B}.yaml", "x-one/3.yaml"),
        ("${NONE:-else}", "else"),
        ("${NONE:-}", ""),
        ("${A:-else}", "one"),
        ("${EMPTY:-else}", ""),
        ("$${A}", "${A}"),
        ("$A costs $5", "$A costs $5"),
    ],
)
def test_a_variable_in_a_text_is_replaced(faults, text, value):
    assert Variables({"A": "one", "B": "3", "EMPTY": ""}, faults).text(text, AT) == value
    assert list(faults) == []


def test_a_variable_that_is_not_set_is_a_fault(faults):
    Variables({}, faults).text("a${NOPE}b", AT)
    ((at, fault),) = faults
    assert at == AT
    assert fault.place == "model.yaml:2:3 extends"
    assert fault.fact == "the environment variable 'NOPE' is not set"
    assert fault.remedy == "export NOPE=…, or write ${NOPE:-default}"


@pytest.mark.parametrize("text", ["${", "${}", "${1A}", "a ${A", "${A-b}"])
def test_a_beginning_that_is_no_variable_is_a_fault(faults, text):
    Variables({"A": "x"}, faults).text(text, AT)
    ((_, fault),) = faults
    assert fault.fact == f"{text!r} has a '${{' that begins no variable"
    assert fault.remedy == "write ${NAME} or ${NAME:-default}, or $${ for the characters ${"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${N}", 8),
        ("${F}", 2.5),
        ("${T}", True),
        ("${S}", "abc"),
        ("x${N}", "x8"),
        (7, 7),
        ("8", "8"),
        ("$${", "${"),
    ],
)
def test_a_value_that_is_one_variable_may_become_a_number(faults, text, value):
    replaced = Variables({"N": "8", "F": "2.5", "T": "true", "S": "abc"}, faults).value(text, AT)
    assert replaced == value
    assert type(replaced) is type(value)


@given(st.text(alphabet="${}:-aA1 ", max_size=20), st.dictionaries(st.just("A"), st.text(alphabet="${}A")))
def test_no_text_is_replaced_twice_and_none_raises(text, environment):
    faults = Faults()
    replaced = Variables(environment, faults).text(text, AT)
    assert "${" in text or replaced == text


def test_variables_are_replaced_in_target_extends_and_framework_sections_and_nowhere_else(write):
    write("hw_compiler: {}", "base.yaml")
    path = write(
        """\
        name: ${A}
        description: ${A}
        extends: ${BASE}.yaml
        target: {board: "${A}", part: "x${A}", clock_ns: "${CLOCK}"}
        acme_config: {deep: [{key: "${A}"}], text: "a ${CLOCK}", number: "${CLOCK}"}
        hw_compiler: {steps: ["${A}"]}
        """
    )
    blueprint = read(path, environment={"A": "one", "BASE": "base", "CLOCK": "4.5"})
    assert (blueprint.name, blueprint.description) == ("${A}", "${A}")
    assert [file.name for file in blueprint.files] == ["model.yaml", "base.yaml"]
    assert (blueprint.target.board, blueprint.target.part, blueprint.target.clock_ns) == ("one", "xone", 4.5)
    assert blueprint.framework_config == {"acme": {"deep": [{"key": "one"}], "text": "a 4.5", "number": 4.5}}
    assert [reference.name for reference in blueprint.steps] == ["${A}"]


def test_each_variable_that_is_not_set_is_placed_where_it_stands(text_faults):
    found = text_faults(
        """\
        target:
          board: ${ONE}
          clock_ns: ${TWO}
        acme_config:
          list:
            - ${THREE}
        hw_compiler: {}
        """,
        environment={},
    )
    assert [(place, fact) for place, fact, _ in found] == [
        ("model.yaml:2:3 target.board", "the environment variable 'ONE' is not set"),
        ("model.yaml:3:3 target.clock_ns", "the environment variable 'TWO' is not set"),
        ("model.yaml:6:7 acme_config.list[0]", "the environment variable 'THREE' is not set"),
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [("fast", "the text 'fast'"), ("0", "the number 0"), ("true", "true"), (".inf", "the number inf")],
)
def test_a_clock_period_that_is_no_number(text_faults, value, said):
    text = "target: {clock_ns: '${CLOCK}'}\nhw_compiler: {}"
    assert text_faults(text, environment={"CLOCK": value}) == [
        (
            "model.yaml:1:10 target.clock_ns",
            f"${{CLOCK}} must be a number of nanoseconds above 0, not {said}",
            "set the variable to a number such as 5.0",
        )
    ]


def test_the_environment_of_the_process_is_the_default(write, monkeypatch):
    monkeypatch.setenv("BOARD_OF_THIS_TEST", "Pynq-Z1")
    path = write("target: {board: '${BOARD_OF_THIS_TEST}'}\nhw_compiler: {}")
    assert draft(path).target.board == "Pynq-Z1"
