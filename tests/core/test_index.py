# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An index is believed only if a discovery now would find the same; any doubt is a miss, never an error."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainsmith_core.discovery.discover import Discovery, discover
from brainsmith_core.discovery.entry_points import installed_packs
from brainsmith_core.discovery.stamps import Evidence, core_stamp
from brainsmith_core.index import KEPT, Index, is_writable, read, write
from brainsmith_core.index_file import sealed

#: Longer than the tick within which two changes cannot be told apart.
SETTLING = 0.06


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "cache" / "brainsmith" / "x.index")


@pytest.fixture
def written(good_packs: Path, path: str) -> tuple[str, Discovery]:
    """The index of the three good packs, written when everything had settled."""
    time.sleep(SETTLING)
    taken = time.time_ns()
    discovery = discover(installed_packs())
    assert write(path, discovery, Evidence(discovery, taken))
    return path, discovery


def test_what_was_written_is_read(written: tuple[str, Discovery]) -> None:
    path, discovery = written
    found = read(path)
    assert found is not None
    assert found.holds()
    again = found.discovery()
    assert set(again.records) == set(discovery.records)
    assert [pack.as_dict() for pack in again.packs] == [pack.as_dict() for pack in discovery.packs]
    assert again.catalogue.header == discovery.catalogue.header
    assert again.catalogue.body == discovery.catalogue.body


def test_frameworks_are_known_without_asking_their_pack(all_packs: Path, path: str) -> None:
    refs = [ref for ref in installed_packs() if ref.source in ("adapter", "prints")]
    discovery = discover(refs)
    write(path, discovery, Evidence(discovery, time.time_ns()))
    found = read(path)
    assert found is not None
    wanted = [framework for pack in discovery.packs for framework in pack.frameworks]
    assert [(f.name, f.prefixes, f.base_classes) for f in found.frameworks()] == [
        (f.name, f.prefixes, f.base_classes) for f in wanted
    ]
    assert found.discovery().warnings[0][1] == discovery.warnings[0][1]
    assert [adapter.name for adapter in found.discovery().adapters] == [a.name for a in discovery.adapters]


def test_pluggys_hooks_still_work(written: tuple[str, Discovery]) -> None:
    path, discovery = written
    found = read(path)
    assert found is not None
    assert len(found.discovery().hooks.hook.register_kernels()) == len(
        discovery.hooks.hook.register_kernels()
    )


def test_a_pack_that_failed_is_never_believed(all_packs: Path, path: str) -> None:
    refs = [ref for ref in installed_packs() if ref.source in ("acme", "import_error")]
    time.sleep(SETTLING)
    taken = time.time_ns()
    discovery = discover(refs)
    write(path, discovery, Evidence(discovery, taken))
    found = read(path)
    assert found is not None
    assert not found.holds()
    assert [ref.source for ref in found.unchanged_packs(refs, {})] == ["acme"]


def test_what_changed_just_before_is_not_believed(good_packs: Path, path: str, tmp_path: Path) -> None:
    (good_packs / "newly-1.0.dist-info").mkdir()
    try:
        taken = time.time_ns()
        discovery = discover(installed_packs())
        write(path, discovery, Evidence(discovery, taken))
        found = read(path)
        assert found is not None
        assert not found.holds()
    finally:
        (good_packs / "newly-1.0.dist-info").rmdir()


pack = "pack\ta\tb\t1\tc\td\t0.1\t\tsettled\t"
pack_lines = st.sampled_from(
    ["pack\ta", pack, pack.replace("0.1", "long"), "files", "framework", "base", "prefix\ta\tb"]
)


@given(st.lists(pack_lines | st.text(max_size=20), max_size=5).map("\n".join))
def test_packs_that_make_no_sense_are_asked_anew(packs: str) -> None:
    site = f"site\t{core_stamp()}\tsettled\n"
    found = _read_bytes(sealed("settled\t1\n\n\nsources\n\n", b"", site + packs))
    assert found is not None
    assert found.unchanged_packs(installed_packs(), {}) == {}


def _read_bytes(content: bytes) -> Index | None:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".index") as file:
        Path(file.name).write_bytes(content)
        return read(file.name)


def test_a_folder_that_cannot_be_written_costs_only_the_index(good_packs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    discovery = discover(installed_packs())
    evidence = Evidence(discovery, time.time_ns())
    assert not write(str(tmp_path / "file" / "x.index"), discovery, evidence)
    assert not is_writable(str(tmp_path / "file" / "x.index"))
    assert is_writable(str(tmp_path / "deep" / "down" / "x.index"))


def test_nothing_is_left_aside(written: tuple[str, Discovery]) -> None:
    assert [entry.name for entry in Path(written[0]).parent.iterdir()] == ["x.index"]


def test_the_files_written_longest_ago_are_removed(written: tuple[str, Discovery]) -> None:
    path, discovery = written
    folder = Path(path).parent
    for number in range(KEPT + 3):
        old = folder / f"{number:08x}.index"
        old.touch()
        os.utime(old, (number, number))
    assert write(path, discovery, Evidence(discovery, time.time_ns()))
    left = sorted(entry.name for entry in folder.iterdir())
    assert len(left) == KEPT
    assert "00000003.index" not in left
    assert "x.index" in left
