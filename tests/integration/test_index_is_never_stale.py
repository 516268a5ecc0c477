# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The next process notices every change: each test makes one for real, and asks in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ASK = """
import json, sys, time
from brainsmith.plugins import transforms
from brainsmith.plugin import get_plugin_manager
names = transforms.list_plugins()
hit = get_plugin_manager().get_performance_stats()["cache_hit_rate"] == 1.0
fresh = get_plugin_manager().refresh()
print(json.dumps([names, hit, list(fresh.names("transform"))]))
"""
UNAVAILABLE = """
from brainsmith.plugin import get_plugin_manager
print(get_plugin_manager().registry["transform:One"].unavailable)
"""
#: After this long, what was installed last counts as settled.
SETTLED = 0.15

pytestmark = pytest.mark.slow


class Machine:
    """A virtual environment with core, a cache folder, and a pack whose source can be changed."""

    def __init__(self, folder: Path, site: Path) -> None:
        self.folder = folder
        self.environment = folder / "venv"
        venv.create(self.environment, symlinks=True)
        self.python = self.environment / "bin" / "python"
        self.cache = folder / "cache"
        # A working directory of its own: "python -c" searches it, so what comes and goes there counts.
        self.work = folder / "work"
        self.work.mkdir()
        self.site = next(self.environment.glob("lib/python*/site-packages"))
        # Core and what it needs come from this environment; only packs are installed anew.
        (self.site / "core.pth").write_text(str(site), encoding="utf-8")
        self.pack = folder / "pack"
        self.write("One")

    def write(self, *names: str, version: str = "1.0", project: Path | None = None) -> None:
        project = project or self.pack
        (project / "acme_pack").mkdir(parents=True, exist_ok=True)
        (project / "pyproject.toml").write_text(
            '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
            f'[project]\nname = "acme-pack"\nversion = "{version}"\n'
            '[project.entry-points.brainsmith]\nacme = "acme_pack.hooks"\n',
            encoding="utf-8",
        )
        (project / "acme_pack" / "__init__.py").touch()
        records = ", ".join(f'TransformRecord(name="{name}", target="acme_pack.t:{name}")' for name in names)
        (project / "acme_pack" / "hooks.py").write_text(
            "from brainsmith_core import TransformRecord, hookimpl\n\n\n"
            f"@hookimpl\ndef register_transforms():\n    return [{records}]\n",
            encoding="utf-8",
        )

    def pip(self, *words: object) -> None:
        command = [sys.executable, "-m", "pip", "--python", self.python, "-q", *words]
        subprocess.run(list(map(str, command)), check=True, capture_output=True)

    def install(self, project: Path, *words: object, kind: str = "standard") -> None:
        """Build the project's wheel here, where hatchling is, and install it there."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        wheel = next(WheelBuilder(str(project)).build(directory=str(folder), versions=[kind]))
        self.pip("install", "--no-deps", "--no-index", *words, wheel)

    def ask(self, python: Path | None = None, **environment: str) -> tuple[list[str], bool]:
        """The names that a process sees, and whether the index told it; they must be what is true."""
        names, hit, fresh = json.loads(self._run(ASK, python or self.python, environment))
        assert names == fresh
        return names, hit

    def unavailable(self) -> str:
        """What a process finds missing of the pack's plugin."""
        return self._run(UNAVAILABLE, self.python, {}).strip()

    def _run(self, code: str, python: Path, environment: dict[str, str]) -> str:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("BRAINSMITH_", "PYTHON"))
        }
        done = subprocess.run(
            [str(python), "-c", code],
            env={**kept, "XDG_CACHE_HOME": str(self.cache), **environment},
            cwd=self.work,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def settle(self) -> list[str]:
        """Ask until the index is believed."""
        time.sleep(SETTLED)
        self.ask()
        names, hit = self.ask()
        assert hit
        return names


@pytest.fixture(scope="module")
def core_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Core and all that it imports, without any pack."""
    folder = tmp_path_factory.mktemp("core-site")
    from brainsmith_core import errors

    source = Path(errors.__file__).parents[1]
    for package in ("brainsmith", "brainsmith_core"):
        shutil.copytree(source / package, folder / package)
    for name in ("pluggy", "yaml", "_yaml", "packaging", "importlib_metadata", "zipp", "lazy_importer"):
        spec = find_spec(name)
        # Not every version of importlib_metadata needs the same.
        if spec and spec.origin:
            (folder / name).symlink_to(Path(spec.origin).parent)
    return folder


@pytest.fixture
def machine(tmp_path: Path, core_site: Path) -> Machine:
    machine = Machine(tmp_path, core_site)
    machine.install(machine.pack)
    assert machine.settle() == ["One"]
    return machine


def test_an_unchanged_environment_is_told_by_the_index(machine: Machine) -> None:
    assert machine.ask() == (["One"], True)


def test_what_a_plugin_requires_comes_and_goes(machine: Machine) -> None:
    hooks = machine.pack / "acme_pack" / "hooks.py"
    text = hooks.read_text(encoding="utf-8").replace('t:One")', 't:One", requires=("wax>=1",))')
    hooks.write_text(text, encoding="utf-8")
    machine.install(machine.pack, "--force-reinstall")
    machine.settle()
    assert machine.unavailable() == "wax>=1 is not installed"
    for version, unavailable in (
        ("0.9", "wax 0.9 is installed, wax>=1 is needed"),
        ("1.0", ""),
        (None, "wax>=1 is not installed"),
    ):
        for installed in machine.site.glob("wax-*.dist-info"):
            shutil.rmtree(installed)
        if version:
            metadata = machine.site / f"wax-{version}.dist-info" / "METADATA"
            metadata.parent.mkdir()
            metadata.write_text(f"Metadata-Version: 2.1\nName: wax\nVersion: {version}\n", encoding="utf-8")
        assert machine.unavailable() == unavailable
        machine.settle()
        assert machine.unavailable() == unavailable


def test_uninstalling(machine: Machine) -> None:
    machine.pip("uninstall", "--yes", "acme-pack")
    assert machine.ask() == ([], False)


def test_upgrading_and_downgrading(machine: Machine) -> None:
    machine.write("One", "Two", version="2.0")
    machine.install(machine.pack)
    assert machine.ask() == (["One", "Two"], False)
    assert machine.settle() == ["One", "Two"]
    machine.write("One", version="1.0")
    machine.install(machine.pack)
    assert machine.ask() == (["One"], False)


def test_installing_the_same_version_with_other_content(machine: Machine) -> None:
    machine.write("Two")
    machine.install(machine.pack, "--force-reinstall")
    assert machine.ask() == (["Two"], False)


def test_another_pack_that_is_installed(machine: Machine, tmp_path: Path) -> None:
    other = tmp_path / "other"
    machine.write("Three", project=other)
    text = (
        (other / "pyproject.toml").read_text().replace("acme-pack", "other-pack").replace("acme =", "other =")
    )
    (other / "pyproject.toml").write_text(text.replace("acme_pack.hooks", "other_pack.hooks"))
    (other / "acme_pack").rename(other / "other_pack")
    machine.install(other)
    assert machine.ask() == (["One", "Three"], False)


def test_switching_between_wheel_and_editable(machine: Machine) -> None:
    machine.install(machine.pack, "--force-reinstall", kind="editable")
    assert machine.ask() == (["One"], False)
    assert machine.settle() == ["One"]
    machine.write("Two")
    assert machine.ask()[0] == ["Two"]
    machine.install(machine.pack, "--force-reinstall")
    machine.write("Three")
    assert machine.ask()[0] == ["Two"]


@pytest.fixture
def editable(machine: Machine) -> Machine:
    machine.install(machine.pack, "--force-reinstall", kind="editable")
    assert machine.settle() == ["One"]
    return machine


def test_an_edit_within_the_same_second_that_keeps_the_size(editable: Machine) -> None:
    hooks = editable.pack / "acme_pack" / "hooks.py"
    for name in ("Two", "Six", "Ten", "One"):
        status = hooks.stat()
        editable.write(name)
        os.utime(hooks, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert hooks.stat().st_size == status.st_size
        assert editable.ask()[0] == [name]


def test_declared_classes_edited_and_modules_added(editable: Machine) -> None:
    package = editable.pack / "acme_pack"
    (package / "hooks.py").write_text(
        "from brainsmith_core import declared_plugins\n\n"
        "hooks = declared_plugins(__package__)\n"
        "register_transforms, register_kernels, register_backends, register_steps = hooks\n",
        encoding="utf-8",
    )
    declared = (
        "from brainsmith_core import transform\n\n\n@transform()\nclass {}:\n    def apply(self, model):\n"
        "        return model, False\n"
    )
    (package / "one.py").write_text(declared.format("One"), encoding="utf-8")
    assert editable.settle() == ["One"]
    (package / "one.py").write_text(declared.format("Two"), encoding="utf-8")
    assert editable.ask() == (["Two"], False)
    assert editable.settle() == ["Two"]
    (package / "inner").mkdir()
    (package / "inner" / "new.py").write_text(declared.format("Three"), encoding="utf-8")
    assert editable.ask() == (["Three", "Two"], False)


def test_a_variable_and_a_file_that_a_hook_reads(editable: Machine) -> None:
    package = editable.pack / "acme_pack"
    (package / "names.json").write_text('["One"]', encoding="utf-8")
    (package / "hooks.py").write_text(
        "import json, os\n"
        "from pathlib import Path\n"
        "from brainsmith_core import TransformRecord, hookimpl\n\n\n"
        "@hookimpl\ndef register_transforms():\n"
        "    names = json.loads(Path(__file__).with_name('names.json').read_text())\n"
        "    if os.environ.get('ACME_MORE'):\n"
        "        names.append('More')\n"
        "    return [TransformRecord(name=name, target=f'acme_pack.t:{name}') for name in names]\n",
        encoding="utf-8",
    )
    assert editable.settle() == ["One"]
    assert editable.ask(ACME_MORE="1") == (["More", "One"], False)
    assert editable.settle() == ["One"]
    (package / "names.json").write_text('["Two"]', encoding="utf-8")
    assert editable.ask() == (["Two"], False)


def test_a_new_file_in_a_folder_that_a_hook_lists(editable: Machine) -> None:
    package = editable.pack / "acme_pack"
    (package / "tables").mkdir()
    (package / "tables" / "One.csv").touch()
    (package / "hooks.py").write_text(
        "from pathlib import Path\n"
        "from brainsmith_core import TransformRecord, hookimpl\n\n\n"
        "@hookimpl\ndef register_transforms():\n"
        "    names = [file.stem for file in Path(__file__).with_name('tables').iterdir()]\n"
        "    return [TransformRecord(name=name, target=f'acme_pack.t:{name}') for name in names]\n",
        encoding="utf-8",
    )
    assert editable.settle() == ["One"]
    (package / "tables" / "Two.csv").touch()
    assert editable.ask() == (["One", "Two"], False)


def test_a_module_of_others_that_a_hook_module_imports(editable: Machine, tmp_path: Path) -> None:
    hooks = editable.pack / "acme_pack" / "hooks.py"
    listed = hooks.read_text(encoding="utf-8").replace('"One"', "acme_names.NAME")
    hooks.write_text(f"import acme_names\n{listed}", encoding="utf-8")
    module = tmp_path / "acme_names" / "__init__.py"
    module.parent.mkdir()
    module.write_text("NAME = 'One'\n")
    path = str(tmp_path)
    for _ in range(2):
        time.sleep(SETTLED)
        assert editable.ask(PYTHONPATH=path)[0] == ["One"]
    assert editable.ask(PYTHONPATH=path) == (["One"], True)
    module.write_text("NAME = 'Another'\n")
    assert editable.ask(PYTHONPATH=path) == (["Another"], False)


def test_without_a_time_to_live_nothing_is_trusted(machine: Machine) -> None:
    assert machine.ask() == (["One"], True)
    assert machine.ask(BRAINSMITH_PLUGIN_CACHE_TTL="0") == (["One"], False)


def test_another_search_path(machine: Machine, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(machine.site, elsewhere)
    hooks = elsewhere / "acme_pack" / "hooks.py"
    hooks.write_text(hooks.read_text().replace("One", "Two"), encoding="utf-8")
    assert machine.ask(PYTHONPATH=str(elsewhere)) == (["Two"], False)
    assert machine.ask() == (["One"], True)


def test_a_moved_and_a_copied_environment(machine: Machine, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(machine.environment, copy, symlinks=True)
    assert machine.ask(copy / "bin" / "python") == (["One"], False)
    machine.environment.rename(tmp_path / "moved")
    assert machine.ask(tmp_path / "moved" / "bin" / "python") == (["One"], False)


def test_a_configured_framework_list_has_an_index_of_its_own(machine: Machine) -> None:
    file = machine.work / ".brainsmith" / "config.yaml"
    file.parent.mkdir()
    file.write_text("plugin_system: {frameworks: [none]}\n", encoding="utf-8")
    assert machine.ask() == (["One"], False)


def _indexes(machine: Machine) -> list[Path]:
    return sorted((machine.cache / "brainsmith").iterdir())


@pytest.mark.parametrize("content", [b"", b"garbage", b"brainsmith index 9\t0\t0\n", None])
def test_a_damaged_index(machine: Machine, content: bytes | None) -> None:
    (file,) = _indexes(machine)
    file.write_bytes(file.read_bytes()[:-7] if content is None else content)
    assert machine.ask() == (["One"], False)
    assert machine.ask() == (["One"], True)


def test_a_pipe_in_the_place_of_the_index(machine: Machine) -> None:
    (file,) = _indexes(machine)
    file.unlink()
    os.mkfifo(file)
    assert machine.ask() == (["One"], False)


@pytest.mark.parametrize("spoil", ["file", "missing", "full"])
def test_a_cache_folder_that_cannot_be_used(
    machine: Machine, spoil: str, full_disk: Callable[[], Path]
) -> None:
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


def test_32_processes_at_once_on_an_empty_cache(machine: Machine) -> None:
    shutil.rmtree(machine.cache)
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: machine.ask()[0], range(32)))
    assert answers == [["One"]] * 32
    assert [path.suffix for path in _indexes(machine)] == [".index"]
    assert machine.ask() == (["One"], True)


def test_a_kill_in_the_middle_of_writing_leaves_the_old_index(machine: Machine) -> None:
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
