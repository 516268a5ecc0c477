# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""``brainsmith plugins``: what there is, what it is, and why a name means which."""

from __future__ import annotations

import json

import pytest

from brainsmith_core.cli.main import cli
from brainsmith_core.manager import get_registry

pytestmark = pytest.mark.usefixtures("good_packs")


def test_list_shows_every_plugin_with_its_owner(run) -> None:
    ended = run("plugins", "list")
    assert ended.status == 0
    tidy = next(line for line in ended.out.splitlines() if "Remove what is None" in line)
    assert tidy.split()[:6] == ["transform", "Tidy", "acme", "acme", "2.1", "cleanup"]
    assert "2 kernels" not in ended.out.splitlines()[0]
    assert "plugins show NAME" in ended.out.splitlines()[-1]


def test_list_as_json_is_a_list_of_objects_with_the_promised_keys(run) -> None:
    plugins = run("plugins", "list", "--json").json
    promised = {"type", "source", "name", "target", "distribution", "version", "available"}
    assert all(promised <= set(plugin) for plugin in plugins)
    assert [plugin["name"] for plugin in plugins] == [record.name for record in get_registry()]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--type", "kernel"], {"Add", "Gather", "Softmax"}),
        (["--type", "backend"], {"GatherRTL", "SoftmaxHLS"}),
        (["--source", "acme", "--type", "step"], {"clean"}),
        (["--stage", "topology_opt"], {"Double"}),
        (["--unavailable"], set()),
    ],
)
def test_list_is_filtered_by_metadata(run, words: list[str], names: set[str]) -> None:
    assert {plugin["name"] for plugin in run("plugins", "list", "--json", *words).json} == names


def test_an_unregistered_plugin_is_listed_as_such(run) -> None:
    hidden = next(line for line in run("plugins", "list").out.splitlines() if "Hidden" in line)
    assert "(not registered)" in hidden


def test_show_tells_everything_without_loading(run) -> None:
    ended = run("plugins", "show", "acme:Tidy")
    assert ended.status == 0
    said = {line.partition(":")[0]: line.partition(":")[2].strip() for line in ended.out.splitlines()}
    assert said["id"] == "transform:acme:Tidy"
    assert said["distribution"] == "acme 2.1"
    assert said["target"] == "acme.transforms:RemoveNone"
    assert said["registered"] == said["available"] == "yes"


def test_show_of_a_bare_name_shows_each_candidate(run) -> None:
    sources = {plugin["source"] for plugin in run("plugins", "show", "Tidy", "--json").json}
    assert sources == {"acme", "instance_entry"}
    assert run("plugins", "show", "Tidy").out.count("id:") == 2


def test_show_takes_the_full_id_and_customs_ops(run) -> None:
    assert run("plugins", "show", "kernel:plain_pluggy:Add", "--json").json[0]["stage"] == "elementwise"
    assert run("plugins", "show", "Quant", "--json").json[0]["type"] == "custom_op"


def test_a_name_that_nothing_has_is_answered_with_the_closest(run) -> None:
    ended = run("plugins", "show", "Sofmax")
    assert ended.status == 4
    assert ended.err == (
        "brainsmith: 'Sofmax' is not a kernel of any installed pack\n  did you mean 'Softmax'?\n"
    )


def test_why_names_the_rule(run) -> None:
    ended = run("plugins", "why", "Double")
    assert ended.status == 0
    assert ended.out.splitlines() == [
        "transform Double is acme:Double (acme 2.1, acme.transforms:Double)",
        "  because it is the only one of its name",
    ]


def test_why_of_an_ambiguous_name_lists_the_candidates(run) -> None:
    ended = run("plugins", "why", "Tidy")
    assert ended.status == 0
    assert ended.out.splitlines()[:2] == [
        "transform Tidy: ambiguous: 'Tidy' is a transform of several packs",
        "  candidates: acme:Tidy, instance_entry:Tidy",
    ]
    assert run("plugins", "why", "Tidy", "--json").json[0]["candidates"] == [
        "acme:Tidy",
        "instance_entry:Tidy",
    ]


def test_why_tells_who_was_shadowed_by_the_configured_priority(run, monkeypatch) -> None:
    monkeypatch.setenv("BRAINSMITH_PLUGIN_PRIORITY", "instance_entry")
    out = run("plugins", "why", "transform:Tidy").out
    assert "because source 'instance_entry' comes first in the configured priority" in out
    assert "chosen over acme:Tidy (acme.transforms:RemoveNone)" in out
    (answer,) = run("plugins", "why", "Tidy", "--json").json
    assert answer["status"] == "found"
    assert [plugin["source"] for plugin in answer["shadowed"]] == ["acme"]


def test_why_of_an_unregistered_plugin_says_how_to_write_it(run) -> None:
    ended = run("plugins", "why", "Hidden")
    assert "'Hidden' is a transform that its framework does not register" in ended.out
    assert "write 'instance_entry:Hidden'" in ended.out
    assert run("plugins", "why", "Hidden", "--json").json[0]["status"] == "not found"


def test_the_shell_completes_names(capfd) -> None:
    from click.shell_completion import BashComplete

    completion = BashComplete(cli, {}, "brainsmith", "_BRAINSMITH_COMPLETE")
    found = {item.value for item in completion.get_completions(["plugins", "show"], "acme:D")}
    assert found == {"acme:Double"}


def test_json_is_valid_whatever_the_description_holds(run) -> None:
    assert json.loads(run("plugins", "list", "--json").out)
