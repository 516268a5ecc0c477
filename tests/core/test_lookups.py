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
from threading import Event, Thread

import pytest

from brainsmith_core.discovery.lookups import Lookups, Recorder, recorded


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


def test_folders_and_surroundings_are_noted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    with recorded("acme") as lookups:
        assert os.listdir(tmp_path) == [entry.name for entry in os.scandir(tmp_path)] == ["a.csv"]  # noqa: PTH208
        assert list(tmp_path.glob("*.csv"))
        assert os.listdir in os.supports_fd
        assert not lookups.surroundings
        Path.cwd()
        dict(os.environ)
    assert lookups.folders == {str(tmp_path)}
    assert lookups.surroundings == {"here", "variables"}


def test_afterwards_functions_are_the_systems_own() -> None:
    before = (os.listdir, os.scandir, os.getcwd, os.path.exists, os.path.isfile, set(os.supports_fd))
    with recorded("acme"):
        pass
    assert (os.listdir, os.scandir, os.getcwd, os.path.exists, os.path.isfile, os.supports_fd) == before


def test_afterwards_everything_is_as_before() -> None:
    before = (builtins.open, io.open, type(os.environ).__getitem__, list(sys.meta_path))
    with pytest.raises(KeyError), recorded("acme"):
        os.environ["SURELY_ABSENT"]
    assert (builtins.open, io.open, type(os.environ).__getitem__, list(sys.meta_path)) == before


def test_a_pack_that_throws_out_finders_breaks_nothing() -> None:
    before = list(sys.meta_path)
    with recorded("acme"):
        sys.meta_path[:] = before
    assert sys.meta_path == before


def test_discoveries_of_two_threads_leave_everything_as_before() -> None:
    before = (builtins.open, io.open, type(os.environ).__getitem__, list(sys.meta_path))
    entered, seen = Event(), []

    def record() -> None:
        entered.set()
        with recorded("second"):
            seen.append("entered")

    thread = Thread(target=record)
    with recorded("first"):
        thread.start()
        entered.wait(10)
        thread.join(0.05)
        assert not seen
    thread.join()
    assert seen == ["entered"]
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


def test_the_modules_of_others_are_told_as_they_are_now(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    first, second = type(sys)("others"), type(sys)("others")
    monkeypatch.setitem(sys.modules, "others", first)
    found = dict(recorder.foreign_modules())
    assert found["others"] is first
    assert not {"sys", "os.path", "brainsmith_core", "brainsmith_core.discovery.lookups"} & found.keys()
    monkeypatch.setitem(sys.modules, "others", second)
    monkeypatch.setitem(sys.modules, "others.inner", first)
    assert dict(recorder.foreign_modules()).items() >= {"others": second, "others.inner": first}.items()
    monkeypatch.delitem(sys.modules, "others")
    assert "others" not in dict(recorder.foreign_modules())


def test_what_one_pack_imported_is_noted_of_the_next_that_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "__init__.py").write_text("print('run')\n")
    (tmp_path / "shared" / "inner.py").touch()
    (tmp_path / "first.py").write_text("import shared.inner\n")
    (tmp_path / "second.py").write_text("import shared\nfrom shared import inner\n")
    (tmp_path / "alone.py").write_text("import json, sys\nassert 'shared' not in sys.modules\n")
    (tmp_path / "late.py").write_text("from importlib import import_module\nimport_module('first')\n")
    code = (
        "import sys\n"
        "from brainsmith_core.discovery.lookups import Recorder\n"
        "foreign = {}\n"
        "with Recorder() as recorder:\n"
        "    for name in ('first', 'alone', 'second', 'late', 'first'):\n"
        "        with recorder.pack(name) as lookups: __import__(name)\n"
        "        foreign.setdefault(name, []).append(lookups.foreign)\n"
        "import first, second\n"
        "assert first.shared is second.shared is sys.modules['shared']\n"
        "assert second.inner is first.shared.inner\n"
        "assert first.shared.__spec__.origin.endswith('__init__.py')\n"
        "print(foreign)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=_path(tmp_path), capture_output=True, text=True, check=True
    )
    run, foreign = done.stdout.splitlines()
    assert run == "run"
    assert foreign == str({"first": [True, True], "alone": [False], "second": [True], "late": [True]})


def test_a_module_that_puts_something_else_in_its_place_stays_there(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text("import sys\nsys.modules[__name__] = 'not a module'\n")
    code = (
        "import sys\n"
        "from brainsmith_core.discovery.lookups import Recorder\n"
        "with Recorder() as recorder:\n"
        "    with recorder.pack('odd'): import odd\n"
        "    with recorder.pack('next') as lookups: import odd as again\n"
        "print(lookups.foreign, again is odd is sys.modules['odd'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=_path(tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True"]


def test_what_was_kept_away_is_back_before_nobody_gives_it_any_longer(tmp_path: Path) -> None:
    (tmp_path / "shared.py").touch()
    code = (
        "import sys\n"
        "from brainsmith_core.discovery.lookups import Recorder\n"
        "class MetaPath(list):\n"
        "    def remove(self, finder):\n"
        "        print('shared' in sys.modules)\n"
        "        super().remove(finder)\n"
        "sys.meta_path = MetaPath(sys.meta_path)\n"
        "with Recorder() as recorder:\n"
        "    with recorder.pack('pack'): import shared\n"
        "    print('shared' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=_path(tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]


def test_what_another_thread_imports_meanwhile_stays_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import events, sys\nevents.begun.set()\nevents.listed.wait(10)\n"
        "assert sys.modules[__name__].__dict__ is globals()\n"
    )
    (tmp_path / "events.py").write_text(
        "import threading\nbegun, listed = threading.Event(), threading.Event()\n"
    )
    (tmp_path / "pack.py").touch()
    code = (
        "import threading\n"
        "from brainsmith_core.discovery.lookups import Recorder\n"
        "with Recorder() as recorder:\n"
        "    with recorder.pack('pack'):\n"
        "        import pack, events\n"
        "        thread = threading.Thread(target=__import__, args=['slow'])\n"
        "        thread.start(); events.begun.wait(10)\n"
        "    events.listed.set(); thread.join()\n"
        "    with recorder.pack('next') as lookups: pass\n"
        "import sys; print(lookups.foreign, 'slow' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=_path(tmp_path), capture_output=True, text=True, check=True
    )
    assert (done.stdout.split(), done.stderr) == (["True", "True"], "")


def _path(*first: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, first), *filter(None, sys.path)])}
