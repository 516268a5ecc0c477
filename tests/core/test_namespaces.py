# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Namespaces give plugins as attributes."""

from __future__ import annotations

import copy
import inspect
import pickle
from pathlib import Path

import pytest

import brainsmith.plugins
from brainsmith.plugins import backends as bk
from brainsmith.plugins import kernels as kn
from brainsmith.plugins import steps
from brainsmith.plugins import transforms as tfm
from brainsmith_core.configuration import Configuration
from brainsmith_core.errors import AmbiguousPluginError, PluginLoadError, PluginNotFoundError
from brainsmith_core.manager import PluginManager
from brainsmith_core.namespaces import Default, Namespace
from brainsmith_core.testing import installed


class Graph(list[object]):
    """A list that can be transformed as a model can."""

    def transform(self, transformation: object) -> Graph:
        return transformation.apply(self)[0]  # type: ignore[attr-defined, no-any-return]


def test_S48_the_users_page_has_the_four_namespaces_and_the_reset() -> None:
    assert brainsmith.plugins.__all__ == [
        "backends",
        "kernels",
        "reset_plugin_system",
        "steps",
        "transforms",
    ]
    for name in brainsmith.plugins.__all__:
        assert hasattr(brainsmith.plugins, name)


def test_S49_a_transform_is_made_and_applied_by_its_name(good_packs: Path) -> None:
    assert Graph([1, 2]).transform(tfm.Double()) == [1, 1, 2, 2]


def test_S50_a_transform_is_reached_through_its_source(good_packs: Path) -> None:
    assert Graph([1, None, 2]).transform(tfm.acme.Tidy()) == [1, 2]
    assert tfm.instance_entry.Tidy.__module__ == "instance_entry_pack"


def test_S51_other_types_are_reached_alike(good_packs: Path) -> None:
    assert kn.Softmax.__name__ == "Softmax"
    assert kn.softmax is kn.Softmax
    assert kn.acme.softmax is kn.Softmax
    assert bk.SoftmaxHLS.__name__ == "SoftmaxInHls"


def test_S55_a_step_is_the_plain_function(good_packs: Path) -> None:
    assert inspect.isfunction(steps.clean)
    assert steps.clean.__name__ == "clean"
    assert steps.clean([1], 2) == [1, 2]
    assert steps.acme.clean is steps.clean


def test_S64_without_parentheses_a_name_is_the_class(good_packs: Path) -> None:
    assert isinstance(tfm.Double, type)
    assert tfm.Double is tfm.acme.Double


def test_S52_a_transform_set_is_applied_like_a_transform(good_packs: Path) -> None:
    assert Graph([1, None]).transform(tfm.tidying()) == [1, 1]


def test_S60_an_ambiguous_name_is_answered_with_candidates(good_packs: Path) -> None:
    with pytest.raises(AmbiguousPluginError) as caught:
        _ = tfm.Tidy
    assert caught.value.candidates == ("acme:Tidy", "instance_entry:Tidy")
    assert caught.value.remedy == (
        "write 'acme:Tidy' or 'instance_entry:Tidy', or set plugin_system.priority in .brainsmith/config.yaml"
    )
    assert not hasattr(tfm, "Tidy")


def test_S60_a_priority_settles_an_ambiguity(good_packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAINSMITH_PLUGIN_PRIORITY", "instance_entry")
    assert tfm.Tidy is tfm.instance_entry.Tidy
    assert "Tidy" in tfm.list_plugins()
    assert "acme.Tidy" in tfm.list_plugins()


def test_S83_a_miss_is_an_attribute_error_with_the_closest_name(good_packs: Path) -> None:
    assert not hasattr(tfm, "Dubble")
    assert not hasattr(tfm.acme, "Absent")
    with pytest.raises(AttributeError) as caught:
        _ = tfm.Dubble
    assert isinstance(caught.value, PluginNotFoundError)
    assert str(caught.value) == (
        "'Dubble' is not a transform of any installed pack\n  did you mean 'Double'?"
    )
    with pytest.raises(PluginNotFoundError) as caught_in_source:
        _ = tfm.acme.Dubble
    assert str(caught_in_source.value) == (
        "'Dubble' is not a transform of 'acme'\n  did you mean 'acme:Double'?"
    )


def test_S84_a_missing_bridge_is_answered_with_the_line_that_installs_it(good_packs: Path) -> None:
    with pytest.raises(PluginNotFoundError) as caught:
        _ = tfm.qonnx.FoldConstants
    assert caught.value.remedy == "pip install brainsmith-qonnx-bridge"


@pytest.mark.parametrize("reference", ["Tidy", "Dubble", "qonnx"])
def test_an_error_survives_pickling(good_packs: Path, reference: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(tfm, reference)
    twin = pickle.loads(pickle.dumps(caught.value))
    assert type(twin) is type(caught.value)
    assert str(twin) == str(caught.value)
    assert vars(twin).get("candidates") == vars(caught.value).get("candidates")


def test_S82_list_plugins_gives_the_names_that_work_as_attributes(good_packs: Path) -> None:
    assert tfm.list_plugins() == [
        "Double",
        "Needy",
        "Nothing",
        "Rotten",
        "Unrooted",
        "acme.Tidy",
        "instance_entry.Hidden",
        "instance_entry.Tidy",
        "tidying",
    ]
    assert tfm.acme.list_plugins() == ["Double", "Needy", "Tidy"]
    assert tfm.instance_entry.list_plugins() == ["Hidden", "Nothing", "Rotten", "Tidy"]
    assert kn.list_plugins() == ["Add", "Gather", "Softmax"]
    assert bk.list_plugins() == ["GatherRTL", "SoftmaxHLS"]
    assert steps.list_plugins() == ["clean", "shorten"]


def test_S81_every_listed_name_can_be_reached(good_packs: Path) -> None:
    for name in set(tfm.list_plugins()) - {"Rotten", "Nothing"}:
        value = tfm
        for part in name.split("."):
            value = getattr(value, part)
        assert isinstance(value, type)


def test_S54_completion_offers_plugins_and_sources(good_packs: Path) -> None:
    assert dir(tfm) == [
        "Double",
        "Needy",
        "Nothing",
        "Rotten",
        "Unrooted",
        "acme",
        "instance_entry",
        "list_plugins",
        "plain_pluggy",
        "tidying",
    ]
    assert dir(tfm.acme) == ["Double", "Needy", "Tidy", "list_plugins"]
    assert dir(bk) == ["GatherRTL", "SoftmaxHLS", "acme", "instance_entry", "list_plugins"]


def test_a_namespace_can_be_looped_over_counted_and_asked(good_packs: Path) -> None:
    assert list(kn) == ["Add", "Gather", "Softmax"]
    assert len(kn) == 3
    assert "Add" in kn
    assert "Sub" not in kn
    assert repr(kn) == "<kernels: 3 plugins>"
    assert repr(tfm.acme) == "<transforms.acme: 3 plugins>"


def test_what_python_asks_of_every_object_is_no_plugin(good_packs: Path) -> None:
    assert inspect.unwrap(tfm) is tfm  # type: ignore[arg-type]
    with pytest.raises(AttributeError, match=r"^__wrapped__$"):
        _ = tfm.__wrapped__
    assert copy.copy(kn).list_plugins() == kn.list_plugins()


def test_a_plugin_that_cannot_be_imported_says_so_when_touched(good_packs: Path) -> None:
    with pytest.raises(PluginLoadError) as caught:
        _ = tfm.Rotten
    assert caught.value.remedy == "pip install fresh"
    assert caught.value.place == "instance-entry-pack 4.0.1"


def test_a_plugin_comes_before_a_source_of_its_name(good_packs: Path) -> None:
    manager = PluginManager(Configuration())
    renamed = manager.registry["transform:acme:Double"].replace(name="acme")
    registry = manager.registry.limited([*manager.registry, renamed], scope="x")
    assert Namespace("transform", lambda: registry).acme is tfm.Double


def test_S53_a_namespace_shows_what_is_installed_now(no_packs: None, good_site: Path) -> None:
    assert tfm.list_plugins() == []
    with installed(good_site):
        assert "Double" in tfm.list_plugins()
    assert tfm.list_plugins() == []


def test_S88_the_plugin_system_can_be_reset(good_packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not hasattr(tfm, "Tidy")
    monkeypatch.setenv("BRAINSMITH_PLUGIN_PRIORITY", "acme")
    assert not hasattr(tfm, "Tidy")
    brainsmith.plugins.reset_plugin_system()
    assert hasattr(tfm, "Tidy")


def test_a_manager_that_another_thread_forgets_meanwhile_still_tells_names() -> None:
    class Managed:
        def names(self, type: str) -> list[str]:
            return [type]

    class Forgotten(Default):
        """Has its manager at the first look only."""

        looks = iter([Managed()])
        manager = property(lambda self: next(self.looks, None), lambda self, manager: None)

    assert Forgotten().names("step") == ["step"]
