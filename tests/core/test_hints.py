# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A name that nothing has is answered with what would provide it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core import known_packs
from brainsmith_core.configuration import Configuration
from brainsmith_core.errors import PluginNotFoundError
from brainsmith_core.hints import Hints
from brainsmith_core.manager import PluginManager


def hints(*packs: str) -> Hints:
    _, discovery = PluginManager(Configuration()).selected(packs)
    return Hints(lambda: discovery)


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of known packs of the test's own."""
    packs = [
        {
            "source": "acme",
            "distribution": "acme",
            "transform": ["Wax"],
            "kernel": [],
            "backend": [],
            "step": [],
        },
        {"source": "other", "distribution": "other-pack", "transform": ["Wax"], "kernel": ["MatMul"]},
        {"source": "third", "distribution": "third-pack", "transform": ["Wax"], "kernel": []},
    ]
    (tmp_path / "known_packs.json").write_text(json.dumps(packs), encoding="utf-8")
    monkeypatch.setattr(known_packs, "__file__", str(tmp_path / "known_packs.py"))


def test_a_plugin_of_known_packs_is_answered_with_how_to_install_them(
    all_packs: Path, catalogue: None
) -> None:
    assert hints("acme")("transform", "Wax") == "pip install other-pack or pip install third-pack"
    assert hints("acme")("kernel", "matmul") == "pip install other-pack"
    assert hints("acme")("transform", "wax") == ""


def test_a_source_of_a_known_pack_is_answered_with_how_to_install_it(
    all_packs: Path, catalogue: None
) -> None:
    assert hints()("transform", "other:Anything") == "pip install other-pack"
    assert hints()("transform", "other") == "pip install other-pack"
    assert hints("acme")("transform", "acme:Wax") == ""
    assert hints()("transform", "stranger:Wax") == ""


def test_a_source_whose_pack_failed_is_answered_with_the_failure(all_packs: Path) -> None:
    text = hints("import_error")("transform", "import_error:Anything")
    assert text == (
        "pack 'import_error' of import-error-pack 1.0 (import_error = import_error_pack): "
        "cannot be imported: ModuleNotFoundError: No module named 'a_module_that_nobody_has'; "
        "report it to the authors of import-error-pack, or pip uninstall import-error-pack"
    )
    assert hints("import_error")("transform", "import_error") == text


def test_a_name_that_nobody_has_may_be_of_a_pack_that_failed(all_packs: Path) -> None:
    assert hints("import_error", "recursion")("transform", "Lost") == (
        "or a pack that failed to load has it (import-error-pack 1.0, recursion-pack 1.0): "
        "see brainsmith packs list"
    )
    assert hints("acme")("transform", "Lost") == ""


def test_a_framework_that_is_not_installed_is_answered_with_its_adapters_remedy(all_packs: Path) -> None:
    assert hints("adapter")("transform", "absent:Anything") == "pip install absent-framework"
    assert hints("adapter")("transform", "adapter:Anything") == ""


def absence(reference: str, configuration: Configuration | None = None, **selected: Any) -> tuple[str, str]:
    """What is said of a transform that nothing installed has."""
    registry = PluginManager(configuration or Configuration()).discover_plugins(**selected)
    with pytest.raises(PluginNotFoundError) as caught:
        registry.resolve("transform", reference)
    return caught.value.fact, caught.value.remedy


def test_a_source_whose_pack_failed_is_installed_all_the_same(all_packs: Path) -> None:
    assert absence("import_error:Wax") == (
        "'import_error:Wax': the pack 'import_error' of import-error-pack 1.0 could not be loaded: "
        "cannot be imported: ModuleNotFoundError: No module named 'a_module_that_nobody_has'",
        "report it to the authors of import-error-pack, or pip uninstall import-error-pack",
    )


def test_a_bridge_whose_framework_is_missing_is_installed_all_the_same(all_packs: Path) -> None:
    assert absence("absent:Streamline") == (
        "'absent:Streamline': the framework 'absent' is not installed, so its bridge gives no transform",
        "pip install absent-framework",
    )


def test_a_pack_that_gives_nothing_of_the_type_is_installed_all_the_same(good_packs: Path) -> None:
    fact = "'plain_pluggy:Wax': the pack 'plain_pluggy' of plain-pluggy-pack 0.3 gives no transform"
    assert absence("plain_pluggy:Wax", types=["backend"])[0] == fact


def test_a_bridge_that_the_configuration_leaves_out_is_installed_all_the_same(all_packs: Path) -> None:
    left_out = absence("adapter:Streamline", Configuration(frameworks=("absen",)))
    assert left_out == (
        "'adapter:Streamline': the pack 'adapter' is installed, but left out",
        "add 'adapter' to plugin_system.frameworks in .brainsmith/config.yaml",
    )


def test_S84_an_adapter_that_fails_when_asked_is_part_of_the_answer(
    all_packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = PluginManager(Configuration())
    adapter = next(adapter for adapter in manager.frameworks if adapter.name == "absent")

    def is_available() -> bool:
        raise RuntimeError("half installed")

    monkeypatch.setattr(adapter, "is_available", is_available)
    with pytest.raises(PluginNotFoundError) as caught:
        manager.registry.get("transform", "absent:X")
    assert caught.value.remedy.endswith(
        "the adapter 'absent' cannot say what is missing: RuntimeError: half installed"
    )
