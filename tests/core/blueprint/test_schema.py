# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.blueprint.schema import json_schema
from brainsmith_core.blueprint.structure import check_structure
from brainsmith_core.yaml_document import YamlDocument


def _ecma(pattern: str) -> str:
    return pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern


def ecma_pattern(_validator, pattern, instance, _schema):
    # JSON Schema's patterns are ECMAScript's, where $ does not match before a last newline.
    if isinstance(instance, str) and not re.search(_ecma(pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


SCHEMA = json_schema()
VALIDATOR = extend(Draft202012Validator, {"pattern": ecma_pattern})(SCHEMA)


def is_well_formed(data: object) -> bool:
    faults = Faults()
    check_structure(YamlDocument(Path("blueprint"), data, {}, []), faults)
    missing = isinstance(data, dict) and "hw_compiler" not in data and "extends" not in data
    return not (len(faults) or missing)


def test_the_schema_is_a_schema_of_its_dialect():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["title"] == "Brainsmith blueprint"


def test_the_seeds_blueprint_is_valid(seed):
    VALIDATOR.validate(yaml.safe_load(seed))


EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*/*blueprint*.yaml"))


def test_there_are_example_blueprints():
    assert EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_repositorys_example_blueprints_are_valid(path):
    VALIDATOR.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def sections():
    yield "blueprint", SCHEMA
    yield from SCHEMA["$defs"].items()


@pytest.mark.parametrize(("name", "section"), list(sections()))
def test_every_key_teaches_what_it_is_for(name, section):
    assert section["description"]
    assert section["additionalProperties"] is False
    for key, words in section["properties"].items():
        assert words["description"], f"{name}.{key}"
        assert "default" not in words, f"{name}.{key}"


def test_every_example_is_valid():
    shown = 0
    for _, section in sections():
        for words in section["properties"].values():
            for value in words.get("examples", []):
                VALIDATOR.evolve(schema={**words, "$defs": SCHEMA["$defs"]}).validate(value)
                shown += 1
    assert shown >= 12, "the schema has lost its examples"


def test_a_blueprint_has_exactly_the_documented_keys():
    assert list(SCHEMA["properties"]) == [
        "name",
        "description",
        "extends",
        "requires",
        "target",
        "hw_compiler",
    ]
    compiler = SCHEMA["$defs"]["HardwareCompiler"]["properties"]
    assert list(compiler) == ["kernels", "transforms", "transforms_phased", "steps"]


@pytest.mark.parametrize(
    ("data", "valid"),
    [
        ({"hw_compiler": {}}, True),
        ({"extends": "base.yaml"}, True),
        ({"name": "x"}, False),
        ({"hw_compiler": None}, False),
        ({"hw_compiler": {}, "acme_config": {"any": ["thing"]}}, True),
        ({"hw_compiler": {}, "acme_config": []}, False),
        ({"hw_compiler": {}, "Acme_config": {}}, False),
        ({"hw_compiler": {}, "_config": {}}, False),
        ({"hw_compiler": {}, "target": {"clock_ns": 5}}, True),
        ({"hw_compiler": {}, "target": {"clock_ns": 0}}, False),
        ({"hw_compiler": {}, "target": {"clock_ns": "${CLOCK:-5}"}}, True),
        ({"hw_compiler": {}, "target": {"clock_ns": "5"}}, False),
        ({"hw_compiler": {}, "target": {"clock_ns": True}}, False),
        ({"hw_compiler": {"steps": ["~acme:tidy"]}}, True),
        ({"hw_compiler": {"steps": ["tidy\n"]}}, False),
        ({"hw_compiler": {"steps": ["a:b:c"]}}, False),
        ({"hw_compiler": {"steps": ["~~a"]}}, False),
        ({"hw_compiler": {"steps": ["~"]}}, False),
        ({"hw_compiler": {"steps": [":a"]}}, False),
        ({"hw_compiler": {"steps": ["a:"]}}, False),
        ({"hw_compiler": {"kernels": [{"kernel": "~a", "backends": []}]}}, True),
        ({"hw_compiler": {"kernels": [{"backends": []}]}}, False),
        ({"hw_compiler": {"kernels": [{"kernel": "a", "backend": []}]}}, False),
        ({"requires": [""], "hw_compiler": {}}, False),
        ([], False),
        (None, False),
    ],
)
def test_the_schema_and_the_reader_give_the_same_verdict(data, valid):
    assert VALIDATOR.is_valid(data) is valid
    assert is_well_formed(data) is valid


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
words = st.sampled_from(
    ["a", "~a", "x:a", "~x:a", "a b", "", "~", "x:", "a:b:c", "a\n", "${V}", "${V:-1}", "x>=1", "-x"]
)
anything = st.recursive(scalars | words, lambda inner: st.lists(inner, max_size=2), max_leaves=3)
lists = st.lists(words | anything, max_size=3) | anything


def mapping(**keys):
    optional = {key: values | anything for key, values in keys.items()}
    with_unknown = {**optional, "kernel": words | anything, "unknown": anything}
    return st.fixed_dictionaries({}, optional=optional) | st.fixed_dictionaries({}, optional=with_unknown)


kernel_entries = mapping(kernel=words, backends=lists) | words
compilers = mapping(
    kernels=st.lists(kernel_entries, max_size=3),
    transforms=lists,
    transforms_phased=mapping(pre_hw=lists, post_hw=lists),
    steps=lists,
)
blueprints = mapping(
    name=words,
    description=words,
    extends=words,
    requires=lists,
    target=mapping(board=words, part=words, clock_ns=scalars),
    acme_config=mapping(key=anything),
    hw_compiler=compilers,
)


@settings(max_examples=500, deadline=None)
@given(blueprints | anything)
def test_the_schema_and_the_reader_agree_on_every_structure(data):
    assert is_well_formed(data) is VALIDATOR.is_valid(data)
