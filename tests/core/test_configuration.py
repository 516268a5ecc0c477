# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The configuration: environment over file over default, and no mistake passes unseen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core.configuration import Configuration, find_file, load_configuration
from brainsmith_core.errors import ConfigurationError

SEED = """\
# .brainsmith/config.yaml
plugin_system:
  cache_ttl: 300
  discovery_mode: blueprint
  frameworks:
    - brainsmith
    - qonnx
  performance_tracking: true
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def configure(text: str) -> Path:
        file = tmp_path / ".brainsmith" / "config.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return configure


def fault(folder: Path, environment: dict[str, str] | None = None) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(folder, environment or {})
    return caught.value


def test_without_file_and_environment_the_defaults_hold(tmp_path: Path) -> None:
    assert load_configuration(tmp_path, {}).as_dict() == {
        "cache_ttl": 300.0,
        "debug": False,
        "discovery_mode": "full",
        "file": None,
        "frameworks": None,
        "performance_tracking": True,
        "priority": (),
        "strict": False,
    }


def test_S79_the_file_is_read(tmp_path: Path, write: Write) -> None:
    file = write(SEED)
    configuration = load_configuration(tmp_path, {})
    assert configuration.cache_ttl == 300
    assert configuration.discovery_mode == "blueprint"
    assert configuration.frameworks == ("brainsmith", "qonnx")
    assert configuration.performance_tracking is True
    assert configuration.file == file


def test_S80_every_key_can_be_set(tmp_path: Path, write: Write) -> None:
    write(
        "plugin_system: {cache_ttl: 0.5, discovery_mode: selective, frameworks: [], strict: true,"
        " debug: true, performance_tracking: false, priority: [a, b]}"
    )
    configuration = load_configuration(tmp_path, {})
    assert configuration.as_dict() | {"file": None} == {
        "cache_ttl": 0.5,
        "debug": True,
        "discovery_mode": "selective",
        "file": None,
        "frameworks": (),
        "performance_tracking": False,
        "priority": ("a", "b"),
        "strict": True,
    }


def test_S76_environment_comes_before_file_and_file_before_default(tmp_path: Path, write: Write) -> None:
    write("plugin_system: {cache_ttl: 10, discovery_mode: selective}")
    environment = {"BRAINSMITH_PLUGIN_CACHE_TTL": "20", "BRAINSMITH_PLUGIN_DEBUG": ""}
    configuration = load_configuration(tmp_path, environment)
    assert configuration.cache_ttl == 20
    assert configuration.discovery_mode == "selective"
    assert configuration.debug is False
    assert configuration.frameworks is None


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("BRAINSMITH_PLUGIN_CACHE_TTL", "300", "cache_ttl", 300.0),
        ("BRAINSMITH_PLUGIN_CACHE_TTL", "0", "cache_ttl", 0.0),
        ("BRAINSMITH_PLUGIN_MODE", "blueprint", "discovery_mode", "blueprint"),
        ("BRAINSMITH_PLUGIN_PRIORITY", "a, b ,,c", "priority", ("a", "b", "c")),
        ("BRAINSMITH_PLUGIN_STRICT", "1", "strict", True),
        ("BRAINSMITH_PLUGIN_STRICT", " Yes ", "strict", True),
        ("BRAINSMITH_PLUGIN_DEBUG", "on", "debug", True),
        ("BRAINSMITH_PLUGIN_DEBUG", "TRUE", "debug", True),
    ],
)
def test_S77_the_environment_is_read(
    tmp_path: Path, variable: str, text: str, key: str, value: object
) -> None:
    assert getattr(load_configuration(tmp_path, {variable: text}), key) == value


@pytest.mark.parametrize("text", ["0", "false", "no", "off"])
def test_a_switch_of_the_file_can_be_turned_off_by_the_environment(
    tmp_path: Path, write: Write, text: str
) -> None:
    write("plugin_system: {strict: true}")
    assert load_configuration(tmp_path, {"BRAINSMITH_PLUGIN_STRICT": text}).strict is False


def test_the_processs_own_environment_and_folder_are_the_default(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("plugin_system: {priority: [acme]}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRAINSMITH_PLUGIN_STRICT", "1")
    configuration = load_configuration()
    assert (configuration.priority, configuration.strict) == (("acme",), True)


@pytest.mark.parametrize(
    ("variable", "text", "fact", "example"),
    [
        ("BRAINSMITH_PLUGIN_CACHE_TTL", "soon", "a number of seconds, zero or more", "300"),
        ("BRAINSMITH_PLUGIN_CACHE_TTL", "-1", "a number of seconds, zero or more", "300"),
        ("BRAINSMITH_PLUGIN_CACHE_TTL", "nan", "a number of seconds, zero or more", "300"),
        ("BRAINSMITH_PLUGIN_CACHE_TTL", "inf", "a number of seconds, zero or more", "300"),
        ("BRAINSMITH_PLUGIN_MODE", "some", "one of full, blueprint, selective", "full"),
        ("BRAINSMITH_PLUGIN_STRICT", "maybe", "1 or 0", "true"),
        ("BRAINSMITH_PLUGIN_DEBUG", "2", "1 or 0", "1"),
    ],
)
def test_a_variable_without_meaning_is_named_with_an_example(
    tmp_path: Path, variable: str, text: str, fact: str, example: str
) -> None:
    error = fault(tmp_path, {variable: text})
    assert error.place == variable
    assert error.fact == f"{text!r} is not {fact}"
    assert error.remedy == f"export {variable}={example}"


@pytest.mark.parametrize(
    ("line", "fact", "remedy"),
    [
        ("cache_ttl: soon", "'soon' is not a number of seconds, zero or more", "write 'cache_ttl: 300'"),
        ("cache_ttl: true", "True is not a number of seconds, zero or more", "write 'cache_ttl: 300'"),
        ("cache_ttl: -1", "-1 is not a number of seconds, zero or more", "write 'cache_ttl: 300'"),
        ("cache_ttl: .inf", "inf is not a number of seconds, zero or more", "write 'cache_ttl: 300'"),
        ("cache_ttl:", "None is not a number of seconds, zero or more", "write 'cache_ttl: 300'"),
        (
            "discovery_mode: fully",
            "'fully' is not one of full, blueprint, selective",
            "write 'discovery_mode: full'",
        ),
        ("frameworks: qonnx", "'qonnx' is not a list of source names", "write 'frameworks: [brainsmith]'"),
        ("priority: [1]", "[1] is not a list of source names", "write 'priority: [brainsmith]'"),
        ("strict: 1", "1 is not true or false", "write 'strict: true'"),
        ("performance_tracking: 'on'", "'on' is not true or false", "write 'performance_tracking: true'"),
    ],
)
def test_S76_a_value_of_another_kind_is_named_with_file_line_and_column(
    tmp_path: Path, write: Write, line: str, fact: str, remedy: str
) -> None:
    file = write(f"# a comment\nplugin_system:\n  {line}\n")
    error = fault(tmp_path)
    assert error.place == f"{file}:3:3 plugin_system.{line.partition(':')[0]}"
    assert error.fact == fact
    assert error.remedy == remedy


def test_S76_an_unknown_key_is_named_with_the_closest_one(tmp_path: Path, write: Write) -> None:
    file = write("plugin_system:\n  strict: true\n  cache_tll: 3\n")
    error = fault(tmp_path)
    assert error.place == f"{file}:3:3 plugin_system.cache_tll"
    assert error.fact == "'cache_tll' is not a key of the configuration"
    assert error.remedy == "did you mean 'cache_ttl'?"


def test_S76_an_unknown_key_that_is_close_to_none_is_answered_with_all(tmp_path: Path, write: Write) -> None:
    write("plugin_system: {zzz: 3}")
    assert fault(tmp_path).remedy == (
        "the keys are cache_ttl, discovery_mode, frameworks, performance_tracking, priority, strict, debug"
    )


def test_all_faults_of_file_and_environment_are_told_at_once(tmp_path: Path, write: Write) -> None:
    file = write("plugin_system:\n  cache_ttl: soon\n  strict: 1\n  strict: 2\n  zzz: 1\nmore: 1\n")
    error = fault(tmp_path, {"BRAINSMITH_PLUGIN_DEBUG": "2"})
    assert error.fact == "6 faults in the configuration"
    assert {each.place.removeprefix(f"{file}:") for each in error.faults} == {
        "2:3 plugin_system.cache_ttl",
        "3:3 plugin_system.strict",
        "4:3 plugin_system.strict",
        "5:3 plugin_system.zzz",
        "6:1 more",
        "BRAINSMITH_PLUGIN_DEBUG",
    }
    assert str(error) == "\n".join(map(str, error.faults))


def test_an_unknown_root_is_named(tmp_path: Path, write: Write) -> None:
    file = write("plugin_systems: {}\n")
    error = fault(tmp_path)
    assert error.place == f"{file}:1:1 plugin_systems"
    assert error.remedy == "did you mean 'plugin_system'?"


@pytest.mark.parametrize(
    ("text", "place", "keys", "remedy"),
    [
        ("- a\n- b\n", ":1:1", "plugin_system", "write 'plugin_system: …'"),
        ("text\n", ":1:1", "plugin_system", "write 'plugin_system: …'"),
        (
            "plugin_system: [1]\n",
            ":1:1 plugin_system",
            "cache_ttl, discovery_mode, frameworks, performance_tracking, priority, strict, debug",
            "write 'cache_ttl: …'",
        ),
    ],
)
def test_what_is_no_mapping_is_refused(
    tmp_path: Path, write: Write, text: str, place: str, keys: str, remedy: str
) -> None:
    file = write(text)
    error = fault(tmp_path)
    assert error.place == f"{file}{place}"
    assert error.fact == f"must be a mapping with the keys {keys}"
    assert error.remedy == remedy


@pytest.mark.parametrize("text", ["", "# nothing\n", "plugin_system:\n", "plugin_system: {}\n", "{}\n"])
def test_a_file_that_says_nothing_changes_nothing(tmp_path: Path, write: Write, text: str) -> None:
    write(text)
    assert load_configuration(tmp_path, {}).cache_ttl == 300


def test_a_file_that_is_not_yaml_is_named_with_line_and_column(tmp_path: Path, write: Write) -> None:
    file = write("plugin_system:\n  strict: [true\n")
    error = fault(tmp_path)
    assert error.place.startswith(f"{file}:")
    assert error.fact.startswith("not YAML: ")


def test_a_key_given_twice_is_refused(tmp_path: Path, write: Write) -> None:
    file = write("plugin_system:\n  strict: true\n  strict: false\n")
    error = fault(tmp_path)
    assert error.place == f"{file}:3:3 plugin_system.strict"
    assert error.fact == "the key 'strict' is given twice"
    assert error.remedy == "remove one of them"


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path, write: Write) -> None:
    write("").write_bytes(b"plugin_system: \xff\n")
    assert fault(tmp_path).fact == "is not UTF-8 text"


def test_the_nearest_file_above_is_found(tmp_path: Path, write: Write) -> None:
    file = write(SEED)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_file(deep) == file
    near = tmp_path / "a" / ".brainsmith" / "config.yaml"
    near.parent.mkdir()
    near.write_text("", encoding="utf-8")
    assert find_file(deep) == near


def test_a_folder_of_the_files_name_is_no_file(tmp_path: Path) -> None:
    (tmp_path / ".brainsmith" / "config.yaml").mkdir(parents=True)
    assert find_file(tmp_path) != tmp_path / ".brainsmith" / "config.yaml"


def test_a_configuration_shows_all_its_settings() -> None:
    words: dict[str, Any] = {"cache_ttl": 1.0, "priority": ("a",)}
    assert repr(Configuration(**words)) == (
        "Configuration(cache_ttl=1.0, debug=False, discovery_mode='full', file=None, frameworks=None, "
        "performance_tracking=True, priority=('a',), strict=False)"
    )
