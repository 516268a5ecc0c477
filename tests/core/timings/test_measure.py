# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Costs are measured in fresh processes, whatever these do."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainsmith_core.timings.measure import pack_cost, plugin_cost

pytestmark = pytest.mark.usefixtures("weighty")


def test_a_plugins_cost_names_the_heavy_package_and_how_it_got_in() -> None:
    cost = plugin_cost("kernel:weighty:Anvil")

    assert cost["error"] == ""
    assert cost["seconds"] > 0
    assert cost["megabytes"] > 55
    (heavy,) = cost["heavy"]
    assert heavy["package"] == "ballast"
    assert heavy["megabytes"] > 55
    assert heavy["chain"] == ["weighty.kernels.anvil", "weighty.kernels", "weighty.kernels.common", "ballast"]


def test_a_plugin_that_drags_nothing_in_is_not_burdened_by_another() -> None:
    assert plugin_cost("kernel:weighty:Anvil")["heavy"]
    cost = plugin_cost("transform:weighty:Feather")

    assert cost["heavy"] == []
    assert cost["megabytes"] < 20


def test_listing_a_pack_has_a_cost_of_its_own() -> None:
    cost = pack_cost("weighty:weighty=weighty_hooks")

    assert cost["plugins"] == 6
    assert cost["heavy"] == []
    assert cost["error"] == ""


@pytest.mark.parametrize(
    ("plugin", "error"),
    [
        ("kernel:weighty:Broken", "no hammer"),
        ("kernel:weighty:Crash", "the process ended with status 7"),
        ("kernel:weighty:Sleeper", "it took more than 4 s"),
    ],
)
def test_what_cannot_be_loaded_says_why(plugin: str, error: str) -> None:
    assert error in plugin_cost(plugin, timeout=4)["error"]


def test_the_working_folder_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "weighty.py").write_text("raise ImportError('the wrong one')\n", encoding="utf-8")
    monkeypatch.chdir(folder)

    assert plugin_cost("transform:weighty:Feather")["error"] == ""
