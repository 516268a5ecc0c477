# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An inventory tells from times alone whether the files that it found are still the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from brainsmith_core.discovery.inventory import Inventory

LONG_AGO = 1_600_000_000_123_456_789


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package of two modules, unchanged for long."""
    package = tmp_path / "a"
    (package / "inner").mkdir(parents=True)
    for name in ("__init__.py", "b.py", "inner/c.py"):
        (package / name).write_text("x = 1\n")
    age(package)
    return package


def age(folder: Path, time: int = LONG_AGO) -> None:
    for path in (folder, *folder.rglob("*")):
        os.utime(path, ns=(time, time))


def inventory(folder: Path) -> Inventory:
    return Inventory({"a": [str(folder)]})


def test_it_names_each_module_and_the_package_without_a_file(folder: Path) -> None:
    found = inventory(folder)

    assert list(found.modules) == ["a", "a.b", "a.inner", "a.inner.c"]
    assert [path.rpartition("/a/")[2] for path, _, _ in found.stamp()] == [
        "__init__.py",
        "b.py",
        "inner/c.py",
    ]


def test_what_did_not_change_holds_and_stays_the_same_object(folder: Path) -> None:
    found = inventory(folder)

    assert found.holds()
    assert found.current({"a": (str(folder),)}) is found
    assert found.current({"b": (str(folder),)}) is not found


@pytest.mark.parametrize("name", ["b.py", "inner/c.py"])
def test_an_edited_file_shows(folder: Path, name: str) -> None:
    found = inventory(folder)
    os.utime(folder / name, ns=(1, 1))

    assert not found.holds()


@pytest.mark.parametrize("name", ["new.py", "inner/new.py", "new_package"])
def test_a_file_or_folder_that_comes_shows(folder: Path, name: str) -> None:
    found = inventory(folder)
    path = folder / name
    path.touch() if path.suffix else path.mkdir()

    assert not found.holds()
    assert "new" in "".join(found.current({"a": [str(folder)]}).modules)


def test_a_file_that_goes_shows(folder: Path) -> None:
    found = inventory(folder)
    (folder / "inner" / "c.py").unlink()

    assert not found.holds()


def test_a_folder_that_changed_just_before_is_listed_again(folder: Path) -> None:
    (folder / "new.py").touch()
    found = inventory(folder)

    assert not found.holds()
    assert found.current({"a": [str(folder)]}).stamp() == found.stamp()


def test_a_folder_that_is_missing_has_nothing(tmp_path: Path) -> None:
    found = inventory(tmp_path / "none")

    assert found.stamp() == ()
    (tmp_path / "none").mkdir()
    assert not found.holds()
