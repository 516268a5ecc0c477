# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The test kit installs a pack for a test, and says whether it is valid."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from brainsmith.plugins import steps
from brainsmith.plugins import transforms as tfm
from brainsmith_core.errors import PackError
from brainsmith_core.manager import get_plugin_manager
from brainsmith_core.testing import assert_pack_is_valid, install, installed

BuildWheel = Callable[..., Path]


def test_a_project_folder_is_installed_as_a_user_would(
    packs_folder: Path, tmp_path: Path, no_packs: None
) -> None:
    project = Path(shutil.copytree(packs_folder / "acme", tmp_path / "acme"))
    site = install(project, site=tmp_path / "site")
    assert site == tmp_path / "site"
    assert (site / "acme-2.1.dist-info" / "entry_points.txt").is_file()
    with installed(site):
        assert tfm.Double.__module__ == "acme.transforms"


def test_what_cannot_be_installed_is_an_error_with_what_pip_said(tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        install(tmp_path / "absent-1.0-py3-none-any.whl", site=tmp_path / "site")
    assert caught.value.fact == f"pip cannot install {tmp_path / 'absent-1.0-py3-none-any.whl'}"
    assert caught.value.place == str(tmp_path / "site")
    assert "absent-1.0-py3-none-any.whl" in caught.value.remedy


def test_an_installed_site_comes_first_and_leaves_no_trace(no_packs: None, good_site: Path) -> None:
    path, modules = list(sys.path), set(sys.modules)
    manager = get_plugin_manager()
    with installed(good_site):
        assert sys.path == [str(good_site), *path]
        assert get_plugin_manager() is not manager
        inside = get_plugin_manager()
        assert steps.clean([], 1) == [1]
        assert "acme.steps" in sys.modules
    assert sys.path == path
    assert not {name for name in set(sys.modules) - modules if name.startswith(("acme", "plain", "instance"))}
    assert get_plugin_manager() is not inside
    assert steps.list_plugins() == []


def test_a_test_that_fails_leaves_no_trace_either(no_packs: None, good_site: Path) -> None:
    path = list(sys.path)
    with pytest.raises(ZeroDivisionError), installed(good_site):
        raise ZeroDivisionError
    assert sys.path == path


def test_several_sites_may_be_installed_at_once(no_packs: None, good_site: Path, tmp_path: Path) -> None:
    with installed(good_site, tmp_path):
        assert sys.path[:2] == [str(good_site), str(tmp_path)]


@pytest.mark.parametrize("source", ["acme", "plain_pluggy", "adapter"])
def test_a_good_pack_is_valid(all_packs: Path, source: str) -> None:
    heavy = ["acme_heavy", "acme.transforms"]
    assert_pack_is_valid(source, forbidden=heavy)


def fault(source: str, **words: list[str]) -> str:
    with pytest.raises(AssertionError) as caught:
        assert_pack_is_valid(source, **words)
    return str(caught.value)


def test_a_pack_that_is_not_installed_is_answered_with_those_that_are(good_packs: Path) -> None:
    assert fault("acne") == (
        "no installed pack has the source name 'acne'; those installed: acme, instance_entry, plain_pluggy"
    )


def test_without_packs_there_are_none(no_packs: None) -> None:
    assert fault("acme") == "no installed pack has the source name 'acme'; those installed: none"


def test_a_pack_that_fails_is_not_valid(all_packs: Path) -> None:
    assert fault("no_hooks") == (
        "the pack 'no_hooks' is not valid:\n"
        "pack 'no_hooks' of no-hooks-pack 1.0 (no_hooks = no_hooks_pack): "
        "it implements no hook; mark at least one function with @hookimpl"
    )


def test_a_pack_with_a_warning_is_not_valid(all_packs: Path) -> None:
    assert fault("prints").splitlines()[1:] == [
        "prints-pack 1.0: printed to standard output while it was listed: 'Welcome to prints!'"
    ]


def test_every_plugin_that_cannot_be_loaded_is_named(good_packs: Path) -> None:
    text = fault("instance_entry")
    assert (
        "transform 'Nothing': instance-entry-pack 4.0.1: instance_entry_pack:Nothing "
        "has no method apply(self, model), so it is not a transform"
    ) in text
    assert "transform 'Rotten': instance-entry-pack 4.0.1: transform instance_entry:Rotten cannot be" in text
    assert "Tidy" not in text


def test_a_member_that_nothing_has_is_named(all_packs: Path, tmp_path: Path) -> None:
    with installed(pack(tmp_path, SET)):
        text = fault("made")
    assert text.splitlines()[1] == "transform 'cleanup': 'Absent' is not a transform of 'acme'"
    assert "Optional" not in text


def test_a_pack_without_plugins_is_not_valid(no_packs: None, tmp_path: Path) -> None:
    with installed(pack(tmp_path, EMPTY)):
        assert fault("made") == "the pack 'made' is not valid:\nit has no plugins"


def test_a_hook_module_that_imports_a_plugins_module_is_not_valid(no_packs: None, tmp_path: Path) -> None:
    with installed(pack(tmp_path, HEAVY)):
        assert fault("made", forbidden=["colorsys"]).splitlines()[1:] == [
            "listing its plugins imports colorsys, which is forbidden",
            "listing its plugins imports made_friend; a hook module should import only brainsmith_core",
        ]


SET = """
from brainsmith_core import TransformRecord, hookimpl

@hookimpl
def register_transforms():
    return [TransformRecord(name="cleanup", members=("acme:Double", "acme:Absent", "~Optional"))]
"""
EMPTY = """
from brainsmith_core import hookimpl

@hookimpl
def register_transforms():
    return []
"""
HEAVY = """
import colorsys
import made_friend
from brainsmith_core import StepRecord, hookimpl

def tidy(model, cfg): return model

@hookimpl
def register_steps():
    return [StepRecord(name="tidy", target="made_pack:tidy")]
"""


def pack(folder: Path, code: str) -> Path:
    """A site with a pack of one module, laid out as an installer would."""
    info = folder / "made-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: made\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[brainsmith]\nmade = made_pack\n", encoding="utf-8")
    (folder / "made_pack.py").write_text(code, encoding="utf-8")
    (folder / "made_friend.py").write_text("", encoding="utf-8")
    return folder
