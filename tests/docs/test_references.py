# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The reference pages: complete, and each thing explained in one place."""

from __future__ import annotations

import importlib.util
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core import errors, frameworks, hookspecs, records, settings, testing
from brainsmith_core.blueprint.schema import json_schema
from brainsmith_core.build.build import build
from brainsmith_core.manager import PluginManager
from brainsmith_kernels import authoring
from brainsmith_kernels.testing import KernelConformance

DOCS = Path(__file__).resolve().parents[2] / "docs"
IMPORT_PAGES = ("brainsmith.plugins", "brainsmith.plugin", "brainsmith.plugin.core", "brainsmith_core")
NAMES = sorted({name for module in IMPORT_PAGES for name in import_module(module).__all__})
TABLE = r"^\| Name \| What it is \|\n\|[-|]+\|\n((?:\|.*\n)+)"


def section(page: str, heading: str) -> str:
    """The text under a heading, up to the next of its level or above."""
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    level = len(heading.split()[0])
    found, fenced = [], False
    for line in lines[lines.index(heading) + 1 :]:
        fenced ^= line.startswith("```")
        if not fenced and re.match(rf"#{{1,{level}}} ", line):
            break
        found.append(line)
    return "\n".join(found)


def first_cells(text: str) -> list[str]:
    """Everything in backquotes in the first cells of the tables in a text."""
    rows = re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_documented_in_exactly_one_place(name: str, pages: dict[str, str]) -> None:
    tables = {
        page: [cell for body in re.findall(TABLE, text, re.MULTILINE) for cell in first_cells(body)]
        for page, text in pages.items()
    }
    assert sum(cells.count(name) for cells in tables.values()) == 1, tables


@pytest.mark.parametrize("hook", [name for name in vars(hookspecs) if name.startswith("register_")])
def test_every_hook_is_documented_with_a_snippet(hook: str) -> None:
    text = section("hooks.md", f"### `{hook}`")
    assert f"@hookimpl\ndef {hook}():" in text


def test_every_field_of_every_record_is_documented() -> None:
    fields = {field for cls in records.RECORD_CLASSES.values() for field in cls.fields}
    assert set(first_cells(section("hooks.md", "## Records"))) == fields


def test_every_method_of_an_adapter_is_documented() -> None:
    text = section("hooks.md", "## Adapters")
    methods = [
        name for name in vars(frameworks.FrameworkAdapter) if not name.startswith("_") and name != "name"
    ]
    assert first_cells(text) == [f"{name}()" for name in methods]
    for name in vars(frameworks.ModelAccess):
        assert name.startswith("_") or f"`{name}`" in text, name


def test_every_public_function_of_the_test_kit_is_documented() -> None:
    documented = [cell.partition("(")[0] for cell in first_cells(section("hooks.md", "## Testing a pack"))]
    assert sorted(documented) == sorted(testing.__all__)


def test_every_name_of_the_kernel_authors_page_is_documented() -> None:
    cells = first_cells(section("hooks.md", "## Writing a kernel"))
    documented = [cell.partition("(")[0] for cell in cells if cell != authoring.__name__]
    assert sorted(documented) == sorted(authoring.__all__)


def test_every_test_of_the_conformance_suite_is_documented() -> None:
    documented = first_cells(section("hooks.md", "## Testing a kernel"))
    tests = [name.removeprefix("test_") for name in dir(KernelConformance) if name.startswith("test_")]
    assert sorted(documented) == sorted(tests)


def test_every_key_of_a_blueprint_is_documented() -> None:
    schema = json_schema()
    keys = {*_keys(schema, schema), *(f"<source>{key}" for key in ["_config"] if schema["patternProperties"])}
    documented = set(first_cells(section("blueprints.md", "## Keys")))
    assert documented - {"finn_config", "hls", "rtl"} == keys


def _keys(schema: dict[str, Any], node: dict[str, Any], path: str = "") -> list[str]:
    """The paths of the leaves; a list of mappings is ``key[]``."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    found = []
    for key, value in node.get("properties", {}).items():
        below = _keys(schema, value, f"{path}{key}.")
        options = value.get("items", {}).get("oneOf", []) + value.get("items", {}).get("anyOf", [])
        inner = [leaf for option in options for leaf in _keys(schema, option, f"{path}{key}[].")]
        found += below or [f"{path}{key}", *inner]
    return found


def test_every_setting_is_documented_with_its_variable() -> None:
    rows = [
        row.split("|")
        for row in section("python.md", "## Configuration").splitlines()
        if row.startswith("| `")
    ]
    documented = {row[1].strip(" `"): row[2].strip(" `") for row in rows}
    variables = {key: variable for variable, (key, _) in settings.VARIABLES.items()}
    assert documented == {key: variables.get(key, "") for key in settings.READERS}


def test_every_error_is_documented_with_its_bases_and_exit_status() -> None:
    rows = [row.split("|") for row in section("python.md", "## Errors").splitlines() if row.startswith("| `")]
    documented = [(row[1].strip(" `"), re.findall(r"`(\w+)`", row[2]), int(row[3])) for row in rows]
    classes = [
        cls
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, errors.BrainsmithError)
    ]
    assert documented == [
        (cls.__name__, [base.__name__ for base in cls.__bases__], cls.exit_code) for cls in classes
    ]


def test_every_public_attribute_of_the_manager_is_documented() -> None:
    text = section("python.md", "## `brainsmith.plugin`")
    documented = {cell.partition("(")[0] for cell in first_cells(text.partition("### Modes")[0])}
    public = {name for name in vars(PluginManager) if not name.startswith("_")}
    assert public - {"selected"} <= documented


def test_every_key_of_health_and_performance_is_documented() -> None:
    manager = PluginManager()
    keys = {*manager.health_check(), *manager.get_performance_stats()}
    assert set(first_cells(section("python.md", "### Health"))) == keys


def test_every_argument_of_a_build_is_documented() -> None:
    parameters = set(
        build.__code__.co_varnames[: build.__code__.co_argcount + build.__code__.co_kwonlyargcount]
    )
    documented = set(first_cells(section("python.md", "## Builds"))) | {"steps"}
    assert documented == parameters


def test_every_key_of_the_report_is_documented(tmp_path: Path) -> None:
    model = DOCS.parent / "examples" / "digits" / "model.onnx"
    report = build(model, steps=["cleanup"], output=tmp_path / "out").report
    documented = first_cells(section("builds.md", "## The report"))
    assert sorted(documented) == sorted(report)


def test_every_file_of_a_build_is_documented(tmp_path: Path) -> None:
    model = DOCS.parent / "examples" / "digits" / "model.onnx"
    build(model, steps=["cleanup"], output=tmp_path / "out")
    files = {str(path.relative_to(tmp_path / "out")) for path in tmp_path.glob("out/**/*") if path.is_file()}
    documented = set(first_cells(section("builds.md", "## The output folder")))
    assert {name.replace("01_cleanup", "NN_<step>") for name in files} == documented


def test_the_page_of_the_command_line_is_what_the_commands_say() -> None:
    spec = importlib.util.spec_from_file_location("generate_cli", DOCS / "generate_cli.py")
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    message = "run: python docs/generate_cli.py"
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == generator.page(), message
