# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What a build may write into, and what it leaves alone."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from brainsmith_core.build.output import STATE_FILE, hold
from brainsmith_core.errors import OutputError


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_that_is_not_there_is_made_with_its_parents(tmp_path: Path) -> None:
    with hold(tmp_path / "a" / "b", continuing=False) as folder:
        folder.write_text("note.txt", "hello")
    assert contents(tmp_path / "a" / "b") == ["note.txt"]


def test_a_folder_that_was_made_and_stayed_empty_is_removed(output: Path) -> None:
    with hold(output, continuing=False):
        assert output.is_dir()
    assert not output.exists()


def test_an_empty_folder_that_was_there_stays(output: Path) -> None:
    output.mkdir()
    with hold(output, continuing=False):
        pass
    assert contents(output) == []


def test_a_file_in_its_place_is_refused_and_stays(output: Path) -> None:
    output.write_text("mine")
    with pytest.raises(OutputError, match="out: is a file, not a folder"), hold(output, continuing=False):
        pass
    assert output.read_text() == "mine"


def test_a_file_among_its_parents_is_refused(output: Path) -> None:
    output.write_text("mine")
    with (
        pytest.raises(OutputError, match="Not a directory") as caught,
        hold(output / "deeper", continuing=False),
    ):
        pass
    assert caught.value.remedy == "name a folder whose parents are all folders"


def test_a_folder_of_something_else_is_refused_and_stays(output: Path) -> None:
    output.mkdir()
    for name in "abcde":
        (output / name).write_text(name)
    for continuing in (False, True):
        with pytest.raises(OutputError) as caught, hold(output, continuing=continuing):
            pass
        assert caught.value.fact == "is not empty and holds no build: a, b, c and 2 more"
    assert contents(output) == list("abcde")


def test_an_earlier_build_is_only_added_to_when_it_is_gone_on_with(output: Path) -> None:
    output.mkdir()
    (output / STATE_FILE).write_text("{}")
    with pytest.raises(OutputError, match="holds a build already") as caught, hold(output, continuing=False):
        pass
    assert "--resume" in caught.value.remedy
    with hold(output, continuing=True) as folder:
        assert folder.has_build


def test_what_a_killed_build_left_half_written_does_not_count(output: Path) -> None:
    output.mkdir()
    (output / ".part-build.json").write_text("{")
    (output / ".lock").write_text("1")
    with hold(output, continuing=False) as folder:
        assert not folder.has_build


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
class TestOnASmallDisk:
    @pytest.fixture
    def disk(self, tmp_path: Path) -> Iterator[Path]:
        place = tmp_path / "disk"
        place.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("mounting is not allowed here")
        yield place
        subprocess.run(["umount", str(place)], check=True)

    def test_a_full_disk_leaves_the_earlier_file_whole(self, disk: Path) -> None:
        with hold(disk / "out", continuing=False) as folder:
            folder.write_text("models.txt", "old")
            with pytest.raises(OutputError, match="No space left on device") as caught:
                folder.write_text("models.txt", "x" * 200_000)
            assert "--resume" in caught.value.remedy
            assert (folder.path / "models.txt").read_text() == "old"
            assert contents(folder.path) == [".lock", "models.txt"]

    def test_a_disk_that_is_read_only_is_refused(self, disk: Path) -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with (
            pytest.raises(OutputError, match="Read-only file system") as caught,
            hold(disk, continuing=False),
        ):
            pass
        assert caught.value.remedy == "name a folder on a file system that can be written"


def test_a_limit_on_file_sizes_leaves_the_earlier_file_whole(output: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with hold(output, continuing=False) as folder:
        folder.write_text("a.txt", "old")
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        try:
            with pytest.raises(OutputError, match="File too large") as caught:
                folder.write_text("a.txt", "x" * 100_000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert "ulimit -f" in caught.value.remedy
        assert (output / "a.txt").read_text() == "old"


def test_an_error_without_a_remedy_of_its_own_names_another_folder(output: Path) -> None:
    def fail(_part: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with hold(output, continuing=False) as folder, pytest.raises(OutputError) as caught:
        folder.write("a", fail)
    assert (caught.value.place, caught.value.remedy) == (str(output / "a"), "name another folder")


def test_who_reads_the_earlier_file_meanwhile_reads_it_whole(output: Path) -> None:
    with hold(output, continuing=False) as folder, folder.write_text("a.txt", "old").open() as reader:
        folder.write_text("a.txt", "new")
        assert reader.read() == "old"
        assert (output / "a.txt").read_text() == "new"


def test_an_interrupted_write_leaves_nothing_behind(output: Path) -> None:
    def interrupted(part: Path) -> None:
        part.write_text("half")
        raise KeyboardInterrupt

    with hold(output, continuing=False) as folder:
        with pytest.raises(KeyboardInterrupt):
            folder.write("a.txt", interrupted)
        assert contents(output) == [".lock"]


def test_text_that_utf8_cannot_hold_is_written_all_the_same(output: Path) -> None:
    with hold(output, continuing=False) as folder:
        assert folder.write_text("a", "\udcff").read_text() == "\\udcff"


def test_a_second_build_in_the_same_folder_is_refused(output: Path) -> None:
    code = "import sys; from pathlib import Path; from brainsmith_core.build.output import hold\n"
    code += "with hold(Path(sys.argv[1]), continuing=True): pass"
    with hold(output, continuing=False):
        second = subprocess.run(
            [sys.executable, "-c", code, output], capture_output=True, text=True, check=False
        )
        assert f"another build is running here (process {os.getpid()})" in second.stderr
    assert subprocess.run([sys.executable, "-c", code, output], check=False).returncode == 0


def test_a_second_build_of_the_same_process_is_refused_too(output: Path) -> None:
    with (
        hold(output, continuing=False),
        pytest.raises(OutputError, match="another build is running here"),
        hold(output, continuing=False),
    ):
        pass
    assert not output.exists()


def test_the_lock_of_a_process_that_is_gone_holds_nobody_up(output: Path) -> None:
    output.mkdir()
    (output / ".lock").write_text("999999999")
    with hold(output, continuing=False):
        pass
    assert contents(output) == []


def test_a_lock_that_was_taken_away_by_its_last_holder_is_not_mistaken_for_one(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_away(_descriptor: int, _operation: int) -> None:
        (output / ".lock").unlink()

    monkeypatch.setattr("brainsmith_core.build.output.fcntl.flock", taken_away)
    with pytest.raises(OutputError, match="another build is running here"), hold(output, continuing=False):
        pass
