# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Stamps change when what is installed changes, and only then."""

from __future__ import annotations

import os
import sys
from importlib import invalidate_caches
from pathlib import Path

import pytest

from brainsmith_core.discovery.entry_points import PackRef
from brainsmith_core.discovery.stamps import file_stamp, installed_stamps, source_stamps


def refs(*values: str) -> list[PackRef]:
    return [PackRef(distribution="d", version="1", source="s", value=value) for value in values]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only entry of ``sys.path``."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    invalidate_caches()
    return tmp_path


def dist_info(folder: Path, name: str, *files: str) -> Path:
    path = folder / f"{name}-1.0.dist-info"
    path.mkdir()
    for file in files:
        (path / file).write_text(file, encoding="utf-8")
    return path


def paths(stamps: tuple[tuple[str, int, int], ...]) -> list[str]:
    return [path for path, _, _ in stamps]


def test_S72_installing_and_removing_change_the_stamps(folder: Path) -> None:
    assert installed_stamps() == ()
    acme = dist_info(folder, "acme", "RECORD", "entry_points.txt")
    one = installed_stamps()
    assert paths(one) == [str(acme / "RECORD")]
    other = dist_info(folder, "other", "RECORD")
    assert paths(installed_stamps()) == [str(acme / "RECORD"), str(other / "RECORD")]
    (other / "RECORD").unlink()
    other.rmdir()
    assert installed_stamps() == one


def test_S72_installing_again_changes_the_stamps(folder: Path) -> None:
    record = dist_info(folder, "acme", "RECORD") / "RECORD"
    os.utime(record, ns=(1, 1))
    assert installed_stamps() == ((str(record), 1, len("RECORD")),)
    record.write_text("another size", encoding="utf-8")
    os.utime(record, ns=(1, 1))
    assert installed_stamps() == ((str(record), 1, len("another size")),)


def test_a_distribution_without_a_record_is_stamped_by_what_it_has(folder: Path) -> None:
    points = dist_info(folder, "acme", "entry_points.txt") / "entry_points.txt"
    bare = dist_info(folder, "bare")
    egg = folder / "old.egg-info"
    egg.mkdir()
    assert paths(installed_stamps()) == [str(points), str(bare), str(egg)]


def test_entries_of_the_path_that_are_no_folders_are_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "archive.zip").write_bytes(b"")
    monkeypatch.setattr(sys, "path", [str(folder / "archive.zip"), str(folder / "absent"), str(folder)])
    dist_info(folder, "acme", "RECORD")
    assert len(installed_stamps()) == 1


def test_an_empty_entry_of_the_path_is_the_working_directory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [""])
    monkeypatch.chdir(folder)
    dist_info(folder, "acme", "RECORD")
    assert len(installed_stamps()) == 1


def test_S73_an_edit_inside_a_pack_changes_its_stamps(folder: Path) -> None:
    package = folder / "stamped_package"
    (package / "inner").mkdir(parents=True)
    for file in ("__init__.py", "hooks.py", "inner/__init__.py", "inner/data.txt"):
        (package / file).write_text("x = 1\n", encoding="utf-8")
    wanted = refs("stamped_package.hooks", "stamped_package:pack")
    before = source_stamps(wanted)
    sources = ("__init__.py", "hooks.py", "inner/__init__.py")
    assert paths(before) == [str(package / file) for file in sources]
    os.utime(package / "inner" / "__init__.py", ns=(before[2][1] + 1, before[2][1] + 1))
    assert source_stamps(wanted) != before
    (package / "new.py").write_text("", encoding="utf-8")
    assert len(source_stamps(wanted)) == 4
    assert "stamped_package" not in sys.modules


def test_a_pack_of_one_module_is_stamped_by_its_file(folder: Path) -> None:
    (folder / "stamped_module.py").write_text("x = 1\n", encoding="utf-8")
    assert paths(source_stamps(refs("stamped_module:pack"))) == [str(folder / "stamped_module.py")]


def test_a_pack_that_cannot_be_located_has_no_stamps(folder: Path) -> None:
    assert source_stamps(refs("absent_module", "", "builtins")) == ()


def test_a_module_that_hides_where_it_is_from_has_no_stamps(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "specless", type(sys)("specless"))
    assert source_stamps(refs("specless")) == ()


def test_a_file_is_stamped_by_path_time_and_size(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text("12345", encoding="utf-8")
    os.utime(file, ns=(7, 8))
    assert file_stamp(file) == (str(file), 8, 5)
    assert file_stamp(tmp_path / "absent") is None
