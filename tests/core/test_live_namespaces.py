# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What was handed out before the plugin system looked anew shows the new state, or says that it is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from brainsmith.plugins import transforms as tfm
from brainsmith_core.configuration import Configuration
from brainsmith_core.errors import BlueprintError, ClosedError, PluginNotFoundError
from brainsmith_core.manager import (
    PluginManager,
    get_plugin_manager,
    load_blueprint_plugins,
    reset_plugin_system,
)
from brainsmith_core.testing import installed

HOOKS = """
from pathlib import Path

from brainsmith_core import TransformRecord, hookimpl


@hookimpl
def register_transforms():
    names = Path(__file__).with_name("names.txt").read_text("utf-8").split()
    return [TransformRecord(name=name, target="moving_transforms:Moved") for name in names]
"""
TRANSFORMS = """
class Moved:
    def apply(self, model):
        return model, False
"""
METADATA = "Metadata-Version: 2.1\nName: moving\nVersion: 1.0\n"
BLUEPRINT = "hw_compiler:\n  transforms: [Old, '~New']\n"

Offer = Callable[..., None]


@pytest.fixture
def offer(no_packs: None, tmp_path: Path) -> Iterator[Offer]:
    """A pack ``moving`` that offers transforms by the names that it is told to."""
    site = tmp_path / "site"
    info = site / "moving-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(METADATA, encoding="utf-8")
    (info / "entry_points.txt").write_text("[brainsmith]\nmoving = moving_hooks\n", encoding="utf-8")
    (site / "moving_hooks.py").write_text(HOOKS, encoding="utf-8")
    (site / "moving_transforms.py").write_text(TRANSFORMS, encoding="utf-8")
    (tmp_path / "model.yaml").write_text(BLUEPRINT, encoding="utf-8")

    def offer(*names: str) -> None:
        (site / "names.txt").write_text(" ".join(names), encoding="utf-8")

    offer("Old")
    with installed(site):
        yield offer
        reset_plugin_system()


def test_a_namespace_and_those_of_its_sources_show_what_a_refresh_found(offer: Offer) -> None:
    of_source = tfm.moving
    assert tfm.list_plugins() == of_source.list_plugins() == ["Old"]

    offer("New")
    get_plugin_manager().refresh()

    assert tfm.list_plugins() == of_source.list_plugins() == ["New"]
    assert tfm.New is of_source.New
    with pytest.raises(PluginNotFoundError):
        _ = of_source.Old


def test_a_namespace_and_those_of_its_sources_outlive_a_reset(offer: Offer) -> None:
    of_source = tfm.moving
    kept = tfm.Old

    offer("New")
    reset_plugin_system()

    assert tfm.list_plugins() == of_source.list_plugins() == ["New"]
    assert kept().apply(1) == (1, False)


def test_a_namespace_of_a_source_that_gives_nothing_any_more_says_so(offer: Offer) -> None:
    of_source = tfm.moving

    offer()
    get_plugin_manager().refresh()

    assert of_source.list_plugins() == []
    with pytest.raises(PluginNotFoundError, match=r"the pack 'moving' of moving 1\.0 gives no transform"):
        _ = of_source.Old


def test_a_registry_is_a_picture_of_its_time(offer: Offer) -> None:
    manager = PluginManager(Configuration())
    before = manager.registry

    offer("New")
    after = manager.refresh()

    assert before.names("transform") == ("Old",)
    assert after is manager.registry
    assert after.names("transform") == ("New",)
    assert before.get("transform", "Old") is after.get("transform", "New")


def test_what_a_blueprint_loaded_is_loaded_again_after_a_refresh(
    offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transforms = load_blueprint_plugins("model.yaml")["transforms"]
    of_source = transforms.moving
    assert transforms.list_plugins() == ["Old"]

    offer("Old", "New")
    monkeypatch.chdir("/")  # the blueprint is still the same file
    assert transforms.list_plugins() == ["Old"]
    get_plugin_manager().refresh()

    assert transforms.list_plugins() == of_source.list_plugins() == ["New", "Old"]


def test_a_blueprint_that_is_no_longer_met_after_a_refresh_says_so(offer: Offer) -> None:
    transforms = load_blueprint_plugins("model.yaml")["transforms"]

    offer("New")
    get_plugin_manager().refresh()

    with pytest.raises(BlueprintError, match="'Old' is not a transform of any installed pack"):
        transforms.list_plugins()


@pytest.mark.parametrize("end", [reset_plugin_system, lambda: get_plugin_manager().close()])
def test_what_a_blueprint_loaded_is_closed_by_a_reset(offer: Offer, end: Callable[[], None]) -> None:
    transforms = load_blueprint_plugins("model.yaml")["transforms"]
    of_source, kept = transforms.moving, transforms.Old

    end()

    for namespace in (transforms, of_source):
        with pytest.raises(ClosedError) as caught:
            _ = namespace.Old
        assert str(caught.value) == (
            "model.yaml: the plugin system that loaded the plugins of model.yaml has been reset\n"
            "  load them again: load_blueprint_plugins('model.yaml')"
        )
    assert kept().apply(1) == (1, False)
    assert load_blueprint_plugins("model.yaml")["transforms"].Old is kept


def test_a_manager_that_is_used_after_its_end_starts_anew(offer: Offer) -> None:
    manager = PluginManager(Configuration())
    instance = manager.get_instance("transform", "Old")

    offer("Old", "New")
    manager.close()

    assert manager.registry.names("transform") == ("New", "Old")
    assert manager.get_instance("transform", "Old") is not instance
