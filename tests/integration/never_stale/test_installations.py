# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What is installed, and where: the next process notices every change, made for real."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_an_unchanged_environment_is_told_by_the_index(machine: Any) -> None:
    assert machine.ask() == (["One"], True)


def test_what_a_plugin_requires_comes_and_goes(machine: Any) -> None:
    hooks = machine.pack / "acme_pack" / "hooks.py"
    text = hooks.read_text(encoding="utf-8").replace('t:One")', 't:One", requires=("wax>=1",))')
    hooks.write_text(text, encoding="utf-8")
    machine.install(machine.pack, "--force-reinstall")
    machine.settle()
    assert machine.unavailable() == "wax>=1 is not installed"
    for version, unavailable in (
        ("0.9", "wax 0.9 is installed, wax>=1 is needed"),
        ("1.0", ""),
        (None, "wax>=1 is not installed"),
    ):
        for installed in machine.site.glob("wax-*.dist-info"):
            shutil.rmtree(installed)
        if version:
            metadata = machine.site / f"wax-{version}.dist-info" / "METADATA"
            metadata.parent.mkdir()
            metadata.write_text(f"Metadata-Version: 2.1\nName: wax\nVersion: {version}\n", encoding="utf-8")
        assert machine.unavailable() == unavailable
        machine.settle()
        assert machine.unavailable() == unavailable


def test_uninstalling(machine: Any) -> None:
    machine.pip("uninstall", "--yes", "acme-pack")
    assert machine.ask() == ([], False)


def test_upgrading_and_downgrading(machine: Any) -> None:
    machine.write("One", "Two", version="2.0")
    machine.install(machine.pack)
    assert machine.ask() == (["One", "Two"], False)
    assert machine.settle() == ["One", "Two"]
    machine.write("One", version="1.0")
    machine.install(machine.pack)
    assert machine.ask() == (["One"], False)


def test_installing_the_same_version_with_other_content(machine: Any) -> None:
    machine.write("Two")
    machine.install(machine.pack, "--force-reinstall")
    assert machine.ask() == (["Two"], False)


def test_another_pack_that_is_installed(machine: Any, tmp_path: Path) -> None:
    other = tmp_path / "other"
    machine.write("Three", project=other)
    text = (
        (other / "pyproject.toml").read_text().replace("acme-pack", "other-pack").replace("acme =", "other =")
    )
    (other / "pyproject.toml").write_text(text.replace("acme_pack.hooks", "other_pack.hooks"))
    (other / "acme_pack").rename(other / "other_pack")
    machine.install(other)
    assert machine.ask() == (["One", "Three"], False)


def test_switching_between_wheel_and_editable(machine: Any) -> None:
    machine.install(machine.pack, "--force-reinstall", kind="editable")
    assert machine.ask() == (["One"], False)
    assert machine.settle() == ["One"]
    machine.write("Two")
    assert machine.ask()[0] == ["Two"]
    machine.install(machine.pack, "--force-reinstall")
    machine.write("Three")
    assert machine.ask()[0] == ["Two"]


#: What setuptools installs for an editable package that lies beside others.
FINDER = """
import sys
from importlib.util import spec_from_file_location


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "acme_pack":
            return spec_from_file_location(
                name, f"{SOURCE}/__init__.py", submodule_search_locations=[SOURCE]
            )


sys.meta_path.append(Finder)
"""


def test_one_source_folder_in_the_place_of_another(machine: Any, tmp_path: Path) -> None:
    # What setuptools makes of an editable package beside others: a finder, and no change of sys.path.
    for name in ("One", "Two", "Six"):
        source, wheel = tmp_path / name, tmp_path / f"editable-{name}"
        machine.write(name, project=source)
        wheel.mkdir()
        (wheel / "finder.py").write_text(f"SOURCE = {str(source / 'acme_pack')!r}\n{FINDER}")
        (wheel / "finder.pth").write_text("import __editable___acme_finder\n")
        (wheel / "pyproject.toml").write_text(
            (source / "pyproject.toml").read_text()
            + "[tool.hatch.build.targets.wheel]\nbypass-selection = true\n"
            + "[tool.hatch.build.targets.wheel.force-include]\n"
            + '"finder.py" = "__editable___acme_finder.py"\n"finder.pth" = "__editable__.acme.pth"\n'
        )
        machine.install(wheel, "--force-reinstall")
        assert machine.ask()[0] == [name]
        assert machine.settle() == [name]
    machine.install(tmp_path / "One", "--force-reinstall")
    assert machine.ask()[0] == ["One"]


def test_a_folder_that_hides_an_installed_pack(machine: Any) -> None:
    shutil.copytree(machine.site / "acme_pack", machine.work / "acme_pack")
    machine.write_hooks(machine.work / "acme_pack", "['Hiding']")
    assert machine.ask() == (["Hiding"], False)
    assert machine.settle() == ["Hiding"]
    shutil.rmtree(machine.work / "acme_pack")
    assert machine.ask() == (["One"], False)


def test_another_core_which_may_read_packs_otherwise(editable: Any, core_site: Path) -> None:
    package = editable.pack / "acme_pack"
    (package / "hooks.py").write_text(editable.DECLARING, encoding="utf-8")
    (package / "one.py").write_text(editable.DECLARED.format("One"), encoding="utf-8")
    core = editable.folder / "core"
    shutil.copytree(core_site, core, symlinks=True)
    (editable.site / "core.pth").write_text(str(core), encoding="utf-8")
    assert editable.settle() == ["One"]
    with (core / "brainsmith_core" / "discovery" / "declared.py").open("a", encoding="utf-8") as file:
        file.write("\n_definitions = lambda body: ()\n")
    assert editable.ask() == ([], False)


def test_a_source_folder_with_metadata_of_something_else(editable: Any) -> None:
    (editable.pack / "other-1.0.dist-info").mkdir()
    package = editable.pack / "acme_pack"
    (package / "names.py").write_text("NAMES = ['One']\n")
    editable.write_hooks(package, "NAMES", "from acme_pack.names import NAMES")
    assert editable.settle() == ["One"]
    (package / "names.py").write_text("NAMES = ['One', 'Two']\n")
    assert editable.ask() == (["One", "Two"], False)


def test_a_source_folder_that_becomes_a_pack(machine: Any, tmp_path: Path) -> None:
    # "setup.py develop" and "egg_info" write the metadata in place.
    source, environment = tmp_path / "source", {"PYTHONPATH": str(tmp_path / "source")}
    metadata = source / "acme_more.egg-info"
    metadata.mkdir(parents=True)
    (metadata / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: acme-more\nVersion: 1.0\n")
    (source / "acme_more").mkdir()
    machine.write_hooks(source / "acme_more", "['More']")
    for _ in range(2):
        time.sleep(machine.SETTLED)
        assert machine.ask(**environment)[0] == ["One"]
    (metadata / "entry_points.txt").write_text("[brainsmith]\nmore = acme_more.hooks\n")
    assert machine.ask(**environment) == (["More", "One"], False)


def test_a_working_directory_that_was_removed(machine: Any) -> None:
    gone = machine.folder / "gone"
    gone.mkdir()
    assert machine.run(f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})") == ["One"]


def test_without_a_time_to_live_nothing_is_trusted(machine: Any) -> None:
    assert machine.ask() == (["One"], True)
    assert machine.ask(BRAINSMITH_PLUGIN_CACHE_TTL="0") == (["One"], False)


def test_another_search_path(machine: Any, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(machine.site, elsewhere)
    hooks = elsewhere / "acme_pack" / "hooks.py"
    hooks.write_text(hooks.read_text().replace("One", "Two"), encoding="utf-8")
    assert machine.ask(PYTHONPATH=str(elsewhere)) == (["Two"], False)
    assert machine.ask() == (["One"], True)


def test_a_moved_and_a_copied_environment(machine: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(machine.environment, copy, symlinks=True)
    assert machine.ask(copy / "bin" / "python") == (["One"], False)
    machine.environment.rename(tmp_path / "moved")
    assert machine.ask(tmp_path / "moved" / "bin" / "python") == (["One"], False)


def test_a_configured_framework_list_has_an_index_of_its_own(machine: Any) -> None:
    file = machine.work / ".brainsmith" / "config.yaml"
    file.parent.mkdir()
    file.write_text("plugin_system: {frameworks: [none]}\n", encoding="utf-8")
    assert machine.ask() == (["One"], False)
