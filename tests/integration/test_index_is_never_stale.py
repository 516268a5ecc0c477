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
#: A hook module whose pack declares its plugins with decorators, and a module with one of those.
DECLARING = (
    "from brainsmith_core import declared_plugins\n\n"
    "hooks = declared_plugins(__package__)\n"
    "register_transforms, register_kernels, register_backends, register_steps = hooks\n"
)
DECLARED = (
    "from brainsmith_core import transform\n\n\n@transform()\nclass {}:\n    def apply(self, model):\n"
    "        return model, False\n"
)
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

    def run(self, code: str) -> list[str]:
        """The names that a process sees that does something else before."""
        code = f"{code}\nimport brainsmith.plugins\nprint(*brainsmith.plugins.transforms.list_plugins())"
        done = subprocess.run(
            [str(self.python), "-c", code],
            env={"XDG_CACHE_HOME": str(self.cache), "PATH": os.environ["PATH"]},
            cwd=self.work,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

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
    (package / "hooks.py").write_text(DECLARING, encoding="utf-8")
    (package / "one.py").write_text(DECLARED.format("One"), encoding="utf-8")
    assert editable.settle() == ["One"]
    (package / "one.py").write_text(DECLARED.format("Two"), encoding="utf-8")
    assert editable.ask() == (["Two"], False)
    assert editable.settle() == ["Two"]
    (package / "inner").mkdir()
    (package / "inner" / "new.py").write_text(DECLARED.format("Three"), encoding="utf-8")
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


@pytest.mark.parametrize(
    ("names", "change"),
    [
        ("[p.stem for p in (HERE / 'my-tables').glob('*.csv')]", "my-tables/Two.csv"),
        ("[n[:-4] for n in os.listdir(HERE.parent / 'data') if n.endswith('.csv')]", "../data/Two.csv"),
        ("['One', *(['Two'] if os.path.exists(HERE.parent / 'tool') else [])]", "../tool"),
        ("['One', *json.loads(__import__('pkgutil').get_data('acme_pack', 'n.json'))]", "n.json"),
        ("['One', *json.load(open(os.fsencode(HERE / 'n.json')))]", "n.json"),
    ],
    ids=["odd folder", "folder elsewhere", "presence", "package data", "path of bytes"],
)
def test_what_a_hook_looks_at(editable: Machine, names: str, change: str) -> None:
    package = editable.pack / "acme_pack"
    for folder in ("my-tables", "../data"):
        (package / folder).mkdir()
        (package / folder / "One.csv").touch()
    (package / "n.json").write_text("[]")
    _hooks(package, names)
    assert editable.settle() == ["One"]
    (package / change).write_text('["Two"]')
    assert editable.ask() == (["One", "Two"], False)


@pytest.mark.parametrize(
    "value",
    [
        "dict(os.environ).get('ACME_ONE')",
        "os.getenvb(b'ACME_ONE')",
        "any(n == 'ACME_ONE' for n in os.environ)",
    ],
)
def test_a_variable_however_a_hook_reads_it(editable: Machine, value: str) -> None:
    _hooks(editable.pack / "acme_pack", f"['Set' if {value} else 'Unset']")
    assert editable.settle() == ["Unset"]
    assert editable.ask(ACME_ONE="1") == (["Set"], False)


def test_a_file_that_a_hook_reads_in_the_working_directory(editable: Machine, tmp_path: Path) -> None:
    _hooks(editable.pack / "acme_pack", "json.load(open('n.json'))")
    script = tmp_path / "script.py"
    script.write_text("import brainsmith.plugins as p; print(*p.transforms.list_plugins())")
    seen = []
    for name in ("One", "One", "Two", "One"):
        (tmp_path / name).mkdir(exist_ok=True)
        if not (tmp_path / name / "n.json").exists():
            (tmp_path / name / "n.json").write_text(f'["{name}"]')
        time.sleep(SETTLED)
        environment = {"XDG_CACHE_HOME": str(editable.cache), "PATH": os.environ["PATH"]}
        command = [str(editable.python), str(script)]
        seen.append(subprocess.check_output(command, env=environment, cwd=tmp_path / name, text=True).strip())
    assert seen == ["One", "One", "Two", "One"]


def test_a_module_that_appears_in_a_package_of_another(editable: Machine) -> None:
    package = editable.pack / "acme_pack"
    (package / "hooks.py").write_text(DECLARING.replace("__package__", "'acme_parts'"), encoding="utf-8")
    parts = editable.pack / "acme_parts"
    parts.mkdir()
    for name in ("One", "Two"):
        (parts / f"{name.lower()}.py").write_text(DECLARED.format(name), encoding="utf-8")
        assert name in editable.ask()[0]
        editable.settle()


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


def _hooks(package: Path, names: str, before: str = "") -> None:
    """Write a hook module whose names are what an expression says."""
    (package / "hooks.py").write_text(
        "import json, os\nfrom pathlib import Path\nfrom brainsmith_core import TransformRecord, hookimpl\n"
        f"{before}\nHERE = Path(__file__).parent\n\n\n@hookimpl\ndef register_transforms():\n"
        f"    return [TransformRecord(name=n, target=f'acme_pack.t:{{n}}') for n in {names}]\n",
        encoding="utf-8",
    )


#: What a module reads as it is imported, and never again in the same process.
READ_AT_IMPORT = (
    "import json, pathlib\nNAMES = json.loads(pathlib.Path(__file__).with_name('n.json').read_text())\n"
)


#: What setuptools installs for an editable package that lies beside others.
FINDER = """
import sys
from importlib.util import spec_from_file_location


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "acme_pack":
            return spec_from_file_location(
                name, f"{SOURCE}/__init__.py", submodule_search_locations=[SOURCE]
            )


sys.meta_path.append(Finder)
"""


def test_one_source_folder_in_the_place_of_another(machine: Machine, tmp_path: Path) -> None:
    # What setuptools makes of an editable package beside others: a finder, and no change of sys.path.
    for name in ("One", "Two", "Six"):
        source, wheel = tmp_path / name, tmp_path / f"editable-{name}"
        machine.write(name, project=source)
        wheel.mkdir()
        (wheel / "finder.py").write_text(f"SOURCE = {str(source / 'acme_pack')!r}\n{FINDER}")
        (wheel / "finder.pth").write_text("import __editable___acme_finder\n")
        (wheel / "pyproject.toml").write_text(
            (source / "pyproject.toml").read_text()
            + "[tool.hatch.build.targets.wheel]\nbypass-selection = true\n"
            + "[tool.hatch.build.targets.wheel.force-include]\n"
            + '"finder.py" = "__editable___acme_finder.py"\n"finder.pth" = "__editable__.acme.pth"\n'
        )
        machine.install(wheel, "--force-reinstall")
        assert machine.ask()[0] == [name]
        assert machine.settle() == [name]
    machine.install(tmp_path / "One", "--force-reinstall")
    assert machine.ask()[0] == ["One"]


def test_a_folder_that_hides_an_installed_pack(machine: Machine) -> None:
    shutil.copytree(machine.site / "acme_pack", machine.work / "acme_pack")
    _hooks(machine.work / "acme_pack", "['Hiding']")
    assert machine.ask() == (["Hiding"], False)
    assert machine.settle() == ["Hiding"]
    shutil.rmtree(machine.work / "acme_pack")
    assert machine.ask() == (["One"], False)


def test_another_core_which_may_read_packs_otherwise(editable: Machine, core_site: Path) -> None:
    package = editable.pack / "acme_pack"
    (package / "hooks.py").write_text(DECLARING, encoding="utf-8")
    (package / "one.py").write_text(DECLARED.format("One"), encoding="utf-8")
    core = editable.folder / "core"
    shutil.copytree(core_site, core, symlinks=True)
    (editable.site / "core.pth").write_text(str(core), encoding="utf-8")
    assert editable.settle() == ["One"]
    with (core / "brainsmith_core" / "discovery" / "declared.py").open("a", encoding="utf-8") as file:
        file.write("\n_definitions = lambda body: ()\n")
    assert editable.ask() == ([], False)


def test_a_linked_package_and_a_linked_part_of_one(machine: Machine, tmp_path: Path) -> None:
    # As "flit install --symlink" does it.
    shutil.rmtree(machine.site / "acme_pack")
    package = machine.pack / "acme_pack"
    (machine.site / "acme_pack").symlink_to(package)
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "names.py").write_text("NAMES = ['One']\n")
    (package / "part").symlink_to(tmp_path / "part")
    (package / "part" / "loop").symlink_to(package)
    _hooks(package, "NAMES", "from acme_pack.part.names import NAMES")
    assert machine.settle() == ["One"]
    (tmp_path / "part" / "names.py").write_text("NAMES = ['One', 'Two']\n")
    assert machine.ask() == (["One", "Two"], False)


def test_a_source_folder_with_metadata_of_something_else(editable: Machine) -> None:
    (editable.pack / "other-1.0.dist-info").mkdir()
    package = editable.pack / "acme_pack"
    (package / "names.py").write_text("NAMES = ['One']\n")
    _hooks(package, "NAMES", "from acme_pack.names import NAMES")
    assert editable.settle() == ["One"]
    (package / "names.py").write_text("NAMES = ['One', 'Two']\n")
    assert editable.ask() == (["One", "Two"], False)


def test_a_source_folder_that_becomes_a_pack(machine: Machine, tmp_path: Path) -> None:
    # "setup.py develop" and "egg_info" write the metadata in place.
    source, environment = tmp_path / "source", {"PYTHONPATH": str(tmp_path / "source")}
    metadata = source / "acme_more.egg-info"
    metadata.mkdir(parents=True)
    (metadata / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: acme-more\nVersion: 1.0\n")
    (source / "acme_more").mkdir()
    _hooks(source / "acme_more", "['More']")
    for _ in range(2):
        time.sleep(SETTLED)
        assert machine.ask(**environment)[0] == ["One"]
    (metadata / "entry_points.txt").write_text("[brainsmith]\nmore = acme_more.hooks\n")
    assert machine.ask(**environment) == (["More", "One"], False)


@pytest.mark.parametrize("reader", ["acme_pack", "zeta_pack"])
def test_what_a_module_of_another_pack_reads(editable: Machine, tmp_path: Path, reader: str) -> None:
    # Whichever of the two packs is asked first, the second finds the module there and reads nothing.
    packages = {"acme_pack": editable.pack / "acme_pack", "zeta_pack": tmp_path / "zeta" / "zeta_pack"}
    packages["zeta_pack"].mkdir(parents=True)
    (packages["zeta_pack"] / "__init__.py").touch()
    text = (editable.pack / "pyproject.toml").read_text().replace("acme", "zeta")
    (tmp_path / "zeta" / "pyproject.toml").write_text(text)
    data = packages[reader] / "n.json"
    data.write_text('["One"]')
    (packages[reader] / "names.py").write_text(READ_AT_IMPORT)
    for name, package in packages.items():
        _hooks(
            package, f"['{name[0].upper()}' + name for name in NAMES]", f"from {reader}.names import NAMES"
        )
    editable.install(tmp_path / "zeta", kind="editable")
    assert editable.settle() == ["AOne", "ZOne"]
    data.write_text('["Two"]')
    assert editable.ask()[0] == ["ATwo", "ZTwo"]


def test_what_a_bridge_reads_of_its_own(editable: Machine) -> None:
    package = editable.pack / "acme_pack"
    (package / "n.json").write_text('["One"]')
    adapter = (
        "from brainsmith_core.frameworks import FrameworkAdapter\n\n\n"
        "class Adapter(FrameworkAdapter):\n    name = 'acme'\n    packages = lambda self: ()\n\n\n"
        "Adapter.__abstractmethods__ = frozenset()\n\n\n"
        "@hookimpl\ndef register_frameworks():\n    return [Adapter()]\n"
    )
    _hooks(package, "json.loads((HERE / 'n.json').read_text())", adapter)
    assert editable.settle() == ["One"]
    (package / "n.json").write_text('["Two"]')
    assert editable.ask() == (["Two"], False)


REFRESH = (
    "import time; time.sleep(0.2); from brainsmith.plugin import get_plugin_manager as g; g().refresh()\n"
)


@pytest.mark.parametrize(
    "before",
    [
        "import acme_pack.hooks",
        "import brainsmith.plugins; brainsmith.plugins.transforms.list_plugins()\n" + REFRESH,
    ],
    ids=["imported before", "refreshed"],
)
def test_a_process_that_did_not_see_what_a_pack_reads(editable: Machine, before: str) -> None:
    package = editable.pack / "acme_pack"
    (package / "n.json").write_text('["One"]')
    (package / "names.py").write_text(READ_AT_IMPORT)
    _hooks(package, "NAMES", "from acme_pack.names import NAMES")
    time.sleep(SETTLED)
    assert editable.run(before) == ["One"]
    (package / "n.json").write_text('["Two"]')
    assert editable.ask()[0] == ["Two"]


@pytest.mark.parametrize("listed", [True, False])
def test_a_process_that_runs_what_a_file_said_before(editable: Machine, listed: bool) -> None:
    package = editable.pack / "acme_pack"
    (package / "names.py").write_text("NAMES = ['One']\n")
    _hooks(package, "NAMES", "from acme_pack.names import NAMES")
    time.sleep(SETTLED)
    first = (
        "import brainsmith.plugins as p; p.transforms.list_plugins()" if listed else "import acme_pack.names"
    )
    edit = f"open({str(package / 'names.py')!r}, 'w').write('NAMES = [\\'Two\\', \\'Six\\']')"
    editable.run(f"{first}\n{edit}\n{REFRESH}")
    assert editable.ask()[0] == ["Six", "Two"]


def test_a_working_directory_that_was_removed(machine: Machine) -> None:
    gone = machine.folder / "gone"
    gone.mkdir()
    assert machine.run(f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})") == ["One"]


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
