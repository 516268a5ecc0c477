# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An index file that is damaged, in the way or written by many at once never makes a wrong answer."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def _indexes(machine: Any) -> list[Path]:
    return sorted((machine.cache / "brainsmith").iterdir())


@pytest.mark.parametrize("content", [b"", b"garbage", b"brainsmith index 9\t0\t0\n", None])
def test_a_damaged_index(machine: Any, content: bytes | None) -> None:
    (file,) = _indexes(machine)
    file.write_bytes(file.read_bytes()[:-7] if content is None else content)
    assert machine.ask() == (["One"], False)
    assert machine.ask() == (["One"], True)


def test_a_pipe_in_the_place_of_the_index(machine: Any) -> None:
    (file,) = _indexes(machine)
    file.unlink()
    os.mkfifo(file)
    assert machine.ask() == (["One"], False)


@pytest.mark.parametrize("spoil", ["file", "missing", "full"])
def test_a_cache_folder_that_cannot_be_used(machine: Any, spoil: str, full_disk: Callable[[], Path]) -> None:
    shutil.rmtree(machine.cache)
    if spoil == "file":
        machine.cache.write_text("in the way")
    elif spoil == "full":
        machine.cache.symlink_to(full_disk())
    elif spoil == "missing":
        machine.cache.symlink_to(machine.folder / "nowhere")
    names, hit = machine.ask()
    assert names == ["One"]
    assert not hit


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """Makes a folder on a file system without a free byte."""
    folder = tmp_path / "disk"

    def mount() -> Path:
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("mounting a file system is not allowed here")
        (folder / "filler").write_bytes(bytes(4096))
        return folder

    yield mount
    if folder.exists():
        subprocess.run(["umount", str(folder)], capture_output=True, check=False)


def test_32_processes_at_once_on_an_empty_cache(machine: Any) -> None:
    shutil.rmtree(machine.cache)
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: machine.ask()[0], range(32)))
    assert answers == [["One"]] * 32
    assert [path.suffix for path in _indexes(machine)] == [".index"]
    assert machine.ask() == (["One"], True)


def test_a_kill_in_the_middle_of_writing_leaves_the_old_index(machine: Any) -> None:
    (file,) = _indexes(machine)
    before = file.read_bytes()
    code = (
        "import os, signal\n"
        "from brainsmith_core import index\n"
        "os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from brainsmith.plugin import get_plugin_manager\n"
        "get_plugin_manager().refresh()\n"
    )
    environment = {"XDG_CACHE_HOME": str(machine.cache), "PATH": os.environ["PATH"]}
    done = subprocess.run([str(machine.python), "-c", code], env=environment, cwd=machine.work, check=False)
    assert done.returncode == -signal.SIGKILL
    assert file.read_bytes() == before
    assert machine.ask()[0] == ["One"]
