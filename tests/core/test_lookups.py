# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What a pack asks its surroundings for while it is listed is noted, and nothing stays changed afterwards."""

from __future__ import annotations

import builtins
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from brainsmith_core.discovery.lookups import Lookups, recorded


def test_environment_variables_are_noted_however_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVEN", "1")
    with recorded("acme") as lookups:
        assert os.environ["GIVEN"] == os.getenv("GIVEN") == os.environ.get("GIVEN") == "1"
        assert "ABSENT" not in os.environ
        assert os.environ.get("OTHER", "default") == "default"
    assert lookups.variables == {"GIVEN", "ABSENT", "OTHER"}


def test_files_are_noted_however_they_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.json").write_text("[]")
    with recorded("acme") as lookups:
        assert (tmp_path / "data.json").read_text() == "[]"
        with open("data.json", encoding="utf-8") as file:  # noqa: PTH123
            assert file.read() == "[]"
        with pytest.raises(FileNotFoundError):
            Path("absent").read_bytes()
    assert lookups.files == {str(tmp_path / "data.json"), str(tmp_path / "absent")}


def test_afterwards_everything_is_as_before() -> None:
    before = (builtins.open, io.open, type(os.environ).__getitem__, list(sys.meta_path))
    with pytest.raises(KeyError), recorded("acme"):
        os.environ["SURELY_ABSENT"]
    assert (builtins.open, io.open, type(os.environ).__getitem__, list(sys.meta_path)) == before


@pytest.mark.parametrize(
    ("name", "foreign"),
    [("acme.hooks", False), ("brainsmith_core.x", False), ("json", False), ("somebody_else", True)],
)
def test_only_modules_of_others_are_foreign(name: str, foreign: bool) -> None:
    lookups = Lookups("acme")
    lookups.find_spec(name)
    assert lookups.foreign is foreign


def test_a_look_at_what_is_installed_is_foreign() -> None:
    code = (
        "from brainsmith_core.discovery.lookups import recorded\n"
        "import importlib.metadata, importlib.util\n"
        "with recorded('acme') as one: pass\n"
        "with recorded('acme') as two: list(importlib.metadata.distributions())\n"
        "with recorded('acme') as three: importlib.util.find_spec('absent_module')\n"
        "print(one.foreign, two.foreign, three.foreign)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=_path(), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True", "True"]


def test_a_process_that_has_foreign_modules_counts_as_if_they_were_asked_for() -> None:
    with recorded("acme") as lookups:
        pass
    assert lookups.foreign


def _path() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
