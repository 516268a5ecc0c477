# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An index file is read whole or not at all; stamps differ as soon as what they stand for has changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brainsmith_core import index_file
from brainsmith_core.index_file import (
    IndexFile,
    escaped,
    file_stamp,
    folder_stamp,
    index_path,
    names_stamp,
    plain,
    read,
    sealed,
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A small index file."""
    file = tmp_path / "x.index"
    head = "settled\t1\nenvironment\t\tx\n\nsources\tacme\ntransform\nkernel\tGather\tSoftmax\n\n"
    file.write_bytes(sealed(head, b"kernel\tsoftmax\tSoftmax\n", "pack\tacme\tacme"))
    file.chmod(0o600)
    return file


def test_its_parts_are_told_apart(written: Path) -> None:
    found = read(str(written))
    assert found is not None
    assert found.lines == ["settled\t1", "environment\t\tx"]
    assert (found.body, found.packs) == (b"kernel\tsoftmax\tSoftmax\n", b"pack\tacme\tacme")
    assert found.names("kernel") == ("Gather", "Softmax")
    assert found.names("transform") == found.names("step") == ()


@given(st.text(alphabet="\\tnu\t\n\x1f\x1eä\ud800"))
def test_any_text_is_a_cell(text: str) -> None:
    assert plain(escaped(text)) == text
    assert not set(escaped(text)) & set("\t\n\x1f")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_a_miss(written: Path, data: st.DataObject) -> None:
    path, whole = written, written.read_bytes()
    position = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[position] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(flipped)
    try:
        assert read(str(path)) is None
    finally:
        path.write_bytes(whole)


def test_names_are_told_by_the_head_alone(written: Path) -> None:
    path, whole = written, written.read_bytes()
    head = read(str(path), names_only=True)
    assert head is not None
    assert head.body is None
    assert head.names("kernel") == ("Gather", "Softmax")
    for position, is_read in ((whole.index(b"Softmax"), False), (len(whole) - 9, True), (100, False)):
        path.write_bytes(whole[:position] + b"!" + whole[position + 1 :])
        assert read(str(path)) is None
        assert (read(str(path), names_only=True) is not None) is is_read


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(data=st.data())
def test_a_truncated_file_is_a_miss(written: Path, data: st.DataObject) -> None:
    path, whole = written, written.read_bytes()
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


def test_records_that_are_no_text_are_a_miss(written: Path) -> None:
    assert _read_bytes(sealed("settled\t1\n\n\n\n", b"step\t\xff\n", "")) is None
    assert _read_bytes(sealed("settled\t1\n\n\n\n", "step\tä\n".encode(), "")) is not None


def test_a_seal_that_ends_otherwise_is_a_miss() -> None:
    whole = sealed("settled\t1\n\n\n\n", b"", "")
    assert _read_bytes(whole) is not None
    assert _read_bytes(whole.replace(b" \n", b" \x0b", 1)) is None
    assert _read_bytes(whole.replace(b"  \n", b" x\n", 1)) is None


def test_another_schema_is_a_miss(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_file, "SCHEMA", "brainsmith index 0")
    assert read(str(written)) is None


def test_a_file_that_others_could_have_written_is_a_miss(written: Path) -> None:
    written.chmod(0o666)
    assert read(str(written)) is None
    written.chmod(0o600)
    assert read(str(written)) is not None


def test_a_file_of_somebody_else_is_a_miss(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: written.stat().st_uid + 1)
    assert read(str(written)) is None


def test_a_link_a_folder_and_nothing_are_misses(written: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.index"
    link.symlink_to(written)
    assert read(str(link)) is None
    assert read(str(tmp_path)) is None
    assert read(str(tmp_path / "absent")) is None
    assert read("\0") is None


def test_S72_an_edit_that_keeps_size_and_time_changes_a_files_stamp(tmp_path: Path) -> None:
    file = tmp_path / "hooks.py"
    file.write_text("x = 1\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    before = file_stamp(str(file))
    time.sleep(0.05)
    file.write_text("x = 2\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert file_stamp(str(file)) != before


def test_a_file_that_is_replaced_changes_its_stamp(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("x")
    before = file_stamp(str(file))
    (tmp_path / "b").write_text("x")
    (tmp_path / "b").replace(file)
    assert file_stamp(str(file)) != before


@pytest.mark.parametrize("stamp", [file_stamp, folder_stamp, names_stamp])
def test_what_is_not_there_has_an_empty_stamp(stamp, tmp_path: Path) -> None:
    assert stamp(str(tmp_path / "absent")) == ""
    if stamp is not names_stamp:
        assert stamp("\0") == ""


def test_S72_what_comes_and_goes_changes_a_folders_stamp(tmp_path: Path) -> None:
    before = folder_stamp(str(tmp_path))
    time.sleep(0.05)
    (tmp_path / "acme-1.0.dist-info").mkdir()
    assert folder_stamp(str(tmp_path)) != before


def test_the_empty_entry_of_the_path_is_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert folder_stamp("") == folder_stamp(str(tmp_path))


@pytest.mark.parametrize("new", ["new.py", "table.csv"])
def test_a_new_file_changes_the_names_and_bytecode_does_not(tmp_path: Path, new: str) -> None:
    for name in ("hooks.py", "inner"):
        (tmp_path / name).touch()
    before = names_stamp(str(tmp_path))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / ".hooks.py.swp").touch()
    after = names_stamp(str(tmp_path))
    (tmp_path / new).touch()
    assert before.split("/") == ["hooks.py", "inner"]
    assert after == before
    assert names_stamp(str(tmp_path)) != after


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


def _read_bytes(content: bytes) -> IndexFile | None:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".index") as file:
        Path(file.name).write_bytes(content)
        return read(file.name)
