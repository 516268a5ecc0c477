# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""``brainsmith doctor``: what works here and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainsmith_core.manager import get_plugin_manager


@pytest.mark.usefixtures("good_packs")
def test_a_healthy_environment_is_called_so(run) -> None:
    ended = run("doctor")
    assert ended.status == 0
    assert ended.out.startswith("status:        healthy\n")
    assert "defaults: no .brainsmith/config.yaml here or above" in ended.out


@pytest.mark.usefixtures("all_packs")
def test_each_failed_pack_stands_with_its_reason_and_remedy(run) -> None:
    findings = run("doctor", "--json").json
    assert findings["status"] == "degraded"
    reasons = {pack["source"]: pack["reason"] for pack in findings["packs"]}
    assert "SystemExit" in reasons["exits_at_import"]
    assert "pip uninstall exits-at-import" in run("doctor").out


@pytest.mark.usefixtures("all_packs")
def test_frameworks_are_shown_with_version_and_location(run) -> None:
    frameworks = {framework["name"]: framework for framework in run("doctor", "--json").json["frameworks"]}
    assert frameworks["adapter"]["available"]


@pytest.mark.usefixtures("all_packs")
def test_a_framework_is_shown_also_where_its_adapter_fails(run, monkeypatch) -> None:
    adapter = next(adapter for adapter in get_plugin_manager().frameworks if adapter.name == "adapter")

    def fail(_self: object) -> bool:
        raise OSError("gone")

    monkeypatch.setattr(type(adapter), "is_available", fail)
    frameworks = {framework["name"]: framework for framework in run("doctor", "--json").json["frameworks"]}
    assert frameworks["adapter"]["remedy"] == "its adapter failed: OSError: gone"


@pytest.mark.usefixtures("good_packs")
def test_the_configuration_file_in_force_is_named(run, tmp_path: Path) -> None:
    file = tmp_path / ".brainsmith" / "config.yaml"
    file.parent.mkdir()
    file.write_text("plugin_system:\n  cache_ttl: 5\n", encoding="utf-8")
    assert run("doctor", "--json").json["configuration"] == str(file)


@pytest.mark.usefixtures("good_packs")
def test_a_configured_source_that_no_pack_has_is_told(run, tmp_path: Path) -> None:
    file = tmp_path / ".brainsmith" / "config.yaml"
    file.parent.mkdir()
    file.write_text("plugin_system:\n  priority: [acm]\n", encoding="utf-8")
    (told,) = run("doctor", "--json").json["unknown_names"]
    assert told["remedy"] == "did you mean 'acme'?"
    shown = run("doctor").out
    assert shown.startswith("status:        degraded\n")
    assert "plugin_system.priority[0]" in shown


@pytest.mark.usefixtures("good_packs")
def test_a_faulty_configuration_is_one_message(run, tmp_path: Path) -> None:
    file = tmp_path / ".brainsmith" / "config.yaml"
    file.parent.mkdir()
    file.write_text("plugin_system:\n  cache_tl: 5\n", encoding="utf-8")
    ended = run("doctor")
    assert ended.status == 5
    assert f"{file}:2:3 plugin_system.cache_tl: 'cache_tl' is not a key of the configuration" in ended.err
    assert "did you mean 'cache_ttl'?" in ended.err


@pytest.mark.usefixtures("good_packs")
def test_timings_of_named_plugins_are_measured_in_processes_of_their_own(run) -> None:
    ended = run("doctor", "--timings", "acme:Double", "kernel:acme:Softmax", "--json")
    assert ended.status == 0
    found = ended.json
    assert [pack["source"] for pack in found["packs"]] == ["acme"]
    assert [plugin["plugin"] for plugin in found["plugins"]] == ["acme:Double", "acme:Softmax"]
    assert all(plugin["seconds"] > 0 and not plugin["error"] for plugin in found["plugins"])
    assert ended.err.splitlines() == [
        "[1/3] listing acme",
        "[2/3] loading acme:Double",
        "[3/3] loading acme:Softmax",
    ]


@pytest.mark.usefixtures("good_packs")
def test_timings_without_names_take_a_sample_of_a_source(run) -> None:
    ended = run("doctor", "--timings", "--source", "plain_pluggy")
    assert ended.status == 0
    assert "Listing, without an index" in ended.out
    assert "Loading, each in a process of its own" in ended.out
    assert "plain_pluggy:" in ended.out
    assert "acme:" not in ended.out


@pytest.mark.usefixtures("good_packs")
def test_what_cannot_be_measured_is_said_before_anything_is(run) -> None:
    ended = run("doctor", "--timings", "acme:Dubble")
    assert ended.status == 4
    assert "did you mean 'acme:Double'?" in ended.err
    assert run("doctor", "--timings", "--source", "nobody").status == 4
    ended = run("doctor", "acme:Double")
    assert ended.status == 2
    assert "plugins and --source go with --timings" in ended.err
