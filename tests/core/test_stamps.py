# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Stamps differ as soon as what they stand for has changed, and only then."""

from __future__ import annotations

import sys
import tempfile
import time
from importlib import invalidate_caches
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_core.discovery import stamps
from brainsmith_core.discovery.entry_points import listing
from brainsmith_core.discovery.stamps import (
    COARSE_TICK,
    TICK,
    Evidence,
    environment_stamps,
    files_of_others,
    holds,
    merged,
    package_stamps,
    settled,
    take,
    take_files,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only entry of ``sys.path``."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    invalidate_caches()
    return tmp_path


@pytest.fixture
def package(folder: Path) -> Path:
    package = folder / "stamped_package"
    (package / "inner").mkdir(parents=True)
    for file in ("__init__.py", "hooks.py", "inner/__init__.py", "inner/data.txt"):
        (package / file).write_text("x = 1\n", encoding="utf-8")
    return package


def test_any_of_several_files_that_changes_is_noticed(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a", "b", "absent", "odd\x1ename")]
    for file in files[:2]:
        file.touch()
    for file in files:
        found = take_files(map(str, files))
        assert all(map(holds, found))
        time.sleep(0.05)
        file.write_text("x")
        assert not all(map(holds, found))
    assert take_files([]) == []


def test_files_that_begin_alike_share_a_stamp(tmp_path: Path) -> None:
    start = f"{tmp_path}/"
    found = take_files([f"{start}b", f"{start}a", "/elsewhere/c"], start)
    assert [subject.split("\x1e") for _, subject, _ in found] == [[start, "a", "b"], ["", "/elsewhere/c"]]
    (tmp_path / "b").touch()
    assert [holds(stamp) for stamp in found] == [False, True]


names = st.text(alphabet="abc", min_size=1, max_size=2)


@given(
    st.lists(st.tuples(st.lists(names, max_size=4), st.booleans()), max_size=5), st.lists(names, max_size=3)
)
def test_merged_stamps_hold_exactly_when_all_do(
    packs: list[tuple[list[str], bool]], changed: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        start = f"{folder}/"
        found = [
            stamp
            for files, shared in packs
            for stamp in take_files([start + name for name in files], start if shared else "")
        ]
        together = merged([take("folder", folder), *found, *found])
        assert len(together) <= 3
        for _, subject, _ in together:
            assert len(set(subject.split("\x1e"))) == len(subject.split("\x1e"))
        assert all(map(holds, together))
        for name in changed:
            Path(start, name).write_text("x")
        assert all(map(holds, together[1:])) is all(map(holds, found))


def test_a_file_that_changed_between_two_packs_holds_for_neither(tmp_path: Path) -> None:
    file = tmp_path / "both"
    before = take_files([str(file)])
    file.touch()
    assert not all(map(holds, merged([*before, *take_files([str(file)])])))


def test_several_files_are_settled_when_each_is() -> None:
    old, new = 1_600_000_000_123_456_789, 1_700_000_000_123_456_789
    for times, settles in (((old, old), True), ((old, new), False), ((new, old), False)):
        text = "\x1e".join(["", *(f"1 2 3 {time}" for time in times)])
        assert settled([("files", "/\x1eabsent\x1ea\x1eb", text)], new) is settles


@pytest.mark.parametrize("folder_name", ["inner", "tables-1.0"])
def test_every_folder_of_a_package_is_stamped_hidden_ones_aside(package: Path, folder_name: str) -> None:
    """A hook may list a folder that holds no module, and that nothing but its names tells of."""
    (package / folder_name).mkdir(exist_ok=True)
    (package / ".cache").mkdir()
    before = list(package_stamps("stamped_package"))
    (package / ".cache" / "table.csv").touch()
    assert all(map(holds, before))
    (package / folder_name / "table.csv").touch()
    assert not all(map(holds, before))


def test_a_variable_that_is_not_set_is_told_from_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACME", raising=False)
    unset = take("variable", "ACME")
    monkeypatch.setenv("ACME", "")
    assert not holds(unset)
    assert holds(take("variable", "ACME"))
    monkeypatch.setenv("ACME", "unset")
    assert not holds(unset)


def test_the_environment_is_interpreter_and_search_path(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = take("environment", "")
    assert holds(before)
    monkeypatch.setattr(sys, "path", [str(folder), "/elsewhere"])
    assert not holds(before)
    monkeypatch.setattr(sys, "path", [str(folder)])
    monkeypatch.setattr(sys, "prefix", "/moved")
    assert not holds(before)


def test_where_the_path_is_relative_the_working_directory_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [""])
    before = take("environment", "")
    monkeypatch.chdir(folder)
    assert not holds(before)


def test_a_stamp_of_an_unknown_kind_never_holds() -> None:
    assert not holds(("moon phase", "", ""))


def test_S73_each_source_file_of_a_package_that_is_worked_on_is_stamped(package: Path) -> None:
    found = list(package_stamps("stamped_package"))
    files = [Path(subject).relative_to(package).as_posix() for kind, subject, _ in found if kind == "file"]
    assert files == ["__init__.py", "hooks.py", "inner/__init__.py"]
    assert [subject for kind, subject, _ in found if kind == "names"] == [
        str(package),
        str(package / "inner"),
    ]
    (package / "inner" / "new.py").touch()
    assert not all(map(holds, found))
    assert "stamped_package" not in sys.modules


def test_a_module_of_its_own_is_stamped_by_its_file(folder: Path) -> None:
    (folder / "stamped_module.py").write_text("x = 1\n", encoding="utf-8")
    assert list(package_stamps("stamped_module")) == [take("file", str(folder / "stamped_module.py"))]


def test_a_package_that_an_installer_put_there_needs_no_stamps(package: Path, folder: Path) -> None:
    (folder / "other-1.0.dist-info").mkdir()
    assert list(package_stamps("stamped_package")) == []


@pytest.mark.parametrize("name", ["absent_module", "builtins"])
def test_a_package_without_files_has_no_stamps(folder: Path, name: str) -> None:
    assert list(package_stamps(name)) == []


def test_a_module_that_hides_where_it_is_from_has_no_stamps(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "specless", type(sys)("specless"))
    assert list(package_stamps("specless")) == []


def test_the_environments_stamps_cover_each_folder_of_the_path(folder: Path) -> None:
    kinds = [(kind, subject) for kind, subject, _ in environment_stamps(listing())]
    assert kinds[:2] == [("environment", ""), ("folder", str(folder))]


def _file_changed_at(time_ns: int) -> list[stamps.Stamp]:
    return [("file", "hooks.py", f"1 2 3 {time_ns}")]


def test_a_file_that_changed_just_before_is_not_settled() -> None:
    changed = 1_700_000_000_123_456_789
    assert not settled(_file_changed_at(changed), changed)
    assert not settled(_file_changed_at(changed), changed + TICK - 1)
    assert settled(_file_changed_at(changed), changed + TICK)


def test_whole_seconds_take_longer_to_settle() -> None:
    changed = 1_700_000_000_000_000_000
    assert not settled(_file_changed_at(changed), changed + TICK)
    assert settled(_file_changed_at(changed), changed + COARSE_TICK)


def test_what_is_not_there_and_what_has_no_time_is_settled() -> None:
    assert settled([("file", "absent", ""), ("variable", "ACME", "unset")], 0)


def _discovery(*packs: list[stamps.Stamp]) -> Any:
    return SimpleNamespace(packs=[SimpleNamespace(stamps=found) for found in packs])


def test_the_evidence_is_what_each_pack_and_the_environment_rest_on(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "hooks.py"
    file.touch()
    evidence = Evidence(_discovery(take_files([str(file)]), [take("variable", "ACME")]), sys.maxsize)
    assert evidence.is_reliable
    assert evidence.holds()
    assert [kind for kind, _, _ in evidence.stamps][:2] == ["environment", "folder"]
    file.write_text("x = 1\n", encoding="utf-8")
    assert not evidence.holds()


def test_evidence_of_a_moment_ago_or_of_a_pack_that_failed_is_not_reliable(folder: Path) -> None:
    assert not Evidence(_discovery(), time.time_ns() - COARSE_TICK).is_reliable
    failed = Evidence(_discovery([]), sys.maxsize)
    assert not failed.is_reliable
    assert not failed.holds()


def test_only_source_files_that_nobody_installed_count_of_others(package: Path, folder: Path) -> None:
    def module(name: str, origin: Path | None) -> tuple[str, Any]:
        return name, SimpleNamespace(__spec__=SimpleNamespace(origin=origin and str(origin)))

    modules = [
        module("others", folder / "others.py"),
        module("compiled", folder / "compiled.so"),
        module("frozen", None),
        module("stamped_package.hooks", package / "hooks.py"),
    ]
    assert files_of_others("stamped_package", modules) == {str(folder / "others.py")}
    (folder / "others-1.0.dist-info").mkdir()
    assert files_of_others("stamped_package", modules) == set()
