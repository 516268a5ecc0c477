# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An index is believed only if a discovery now would find the same; any doubt is a miss, never an error."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brainsmith_core import index_file
from brainsmith_core.discovery.discover import Discovery, discover
from brainsmith_core.discovery.entry_points import installed_packs
from brainsmith_core.discovery.stamps import Evidence
from brainsmith_core.index import KEPT, Index, is_writable, read, write
from brainsmith_core.index_file import index_path, sealed

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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_a_miss(written: tuple[str, Discovery], data: st.DataObject) -> None:
    path = Path(written[0])
    whole = path.read_bytes()
    position = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[position] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(flipped)
    try:
        assert read(str(path)) is None
    finally:
        path.write_bytes(whole)


def test_names_are_told_by_the_head_alone(written: tuple[str, Discovery]) -> None:
    path, whole = Path(written[0]), Path(written[0]).read_bytes()
    head = index_file.read(str(path), names_only=True)
    assert head is not None
    assert head.body is None
    assert head.names("kernel") == written[1].catalogue.names("kernel")
    for position, is_read in ((whole.index(b"Softmax"), False), (len(whole) - 9, True), (100, False)):
        path.write_bytes(whole[:position] + b"!" + whole[position + 1 :])
        assert read(str(path)) is None
        assert (index_file.read(str(path), names_only=True) is not None) is is_read


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(data=st.data())
def test_a_truncated_file_is_a_miss(written: tuple[str, Discovery], data: st.DataObject) -> None:
    path = Path(written[0])
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    try:
        assert read(str(path)) is None
    finally:
        path.write_bytes(whole)


@given(st.binary(max_size=200))
def test_garbage_is_a_miss(garbage: bytes) -> None:
    assert _read_bytes(garbage) is None


kinds = st.sampled_from(["environment", "folder", "file", "names", "variable", "pack", "base"])
rows = st.sampled_from(
    ["environment\t\t", "file\t\0\tx", "file\t\\", "names\t\0\t", "variable\tX", "names\t.\t"]
)
hostile_lines = st.lists(kinds | rows | st.text(max_size=30), max_size=6)
hostile_heads = hostile_lines.map(lambda lines: "\n".join(["settled\t1", *lines, "", "", ""]))


@given(st.text(max_size=300) | hostile_heads, st.binary(), st.text())
def test_a_hostile_file_with_a_right_seal_is_a_miss_or_holds_nothing(
    head: str, body: bytes, packs: str
) -> None:
    found = _read_bytes(sealed(head, body, packs))
    assert found is None or not found.holds()


def test_records_that_are_no_text_are_a_miss(written: tuple[str, Discovery]) -> None:
    assert _read_bytes(sealed("settled\t1\n\n\n\n", b"step\t\xff\n", "")) is None
    assert _read_bytes(sealed("settled\t1\n\n\n\n", "step\tä\n".encode(), "")) is not None


def test_parts_that_end_in_the_middle_of_a_line_are_a_miss(written: tuple[str, Discovery]) -> None:
    path, discovery = written
    catalogue = discovery.catalogue
    for cut in (1, 5):
        for head, body in (
            (catalogue.header, catalogue.body[:-cut]),
            (catalogue.header[:-cut], catalogue.body),
        ):
            Path(path).write_bytes(sealed(f"settled\t1\nenvironment\t\t{index_file.END}{head}", body, ""))
            assert read(path) is None


def test_a_seal_that_ends_otherwise_is_a_miss() -> None:
    whole = sealed("settled\t1\n\n\n\n", b"", "")
    assert _read_bytes(whole) is not None
    assert _read_bytes(whole.replace(b" \n", b" \x0b", 1)) is None
    assert _read_bytes(whole.replace(b"  \n", b" x\n", 1)) is None


def _read_bytes(content: bytes) -> Index | None:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".index") as file:
        Path(file.name).write_bytes(content)
        return read(file.name)


def test_another_schema_is_a_miss(written: tuple[str, Discovery], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_file, "SCHEMA", "brainsmith index 0")
    assert read(written[0]) is None


def test_a_file_that_others_could_have_written_is_a_miss(written: tuple[str, Discovery]) -> None:
    Path(written[0]).chmod(0o666)
    assert read(written[0]) is None
    Path(written[0]).chmod(0o600)
    assert read(written[0]) is not None


def test_a_file_of_somebody_else_is_a_miss(
    written: tuple[str, Discovery], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: Path(written[0]).stat().st_uid + 1)
    assert read(written[0]) is None


def test_a_link_a_folder_and_nothing_are_misses(written: tuple[str, Discovery], tmp_path: Path) -> None:
    link = tmp_path / "link.index"
    link.symlink_to(written[0])
    assert read(str(link)) is None
    assert read(str(tmp_path)) is None
    assert read(str(tmp_path / "absent")) is None
    assert read("\0") is None


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


def test_each_environment_and_query_has_a_file_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    one = index_path("a")
    assert one.startswith("/cache/brainsmith/")
    assert index_path("b") != one
    monkeypatch.setattr("sys.prefix", "/elsewhere")
    assert index_path("a") != one


def test_without_a_cache_folder_of_its_own_the_home_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert index_path("a").startswith("/home/somebody/.cache/brainsmith/")
    monkeypatch.setenv("HOME", "nowhere")
    assert index_path("a") == ""
