# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A machine on which packs are installed and changed, and asked in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
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


class Machine:
    """A virtual environment with core, a cache folder, and a pack whose source can be changed."""

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
    #: What a module reads as it is imported, and never again in the same process.
    READ_AT_IMPORT = (
        "import json, pathlib\nNAMES = json.loads(pathlib.Path(__file__).with_name('n.json').read_text())\n"
    )
    #: After this long, what was installed last counts as settled.
    SETTLED = 0.15

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
        time.sleep(self.SETTLED)
        self.ask()
        names, hit = self.ask()
        assert hit
        return names

    @staticmethod
    def write_hooks(package: Path, names: str, before: str = "") -> None:
        """Write a hook module whose names are what an expression says."""
        (package / "hooks.py").write_text(
            "import json, os\nfrom pathlib import Path\n"
            "from brainsmith_core import TransformRecord, hookimpl\n"
            f"{before}\nHERE = Path(__file__).parent\n\n\n@hookimpl\ndef register_transforms():\n"
            f"    return [TransformRecord(name=n, target=f'acme_pack.t:{{n}}') for n in {names}]\n",
            encoding="utf-8",
        )


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


@pytest.fixture
def editable(machine: Machine) -> Machine:
    machine.install(machine.pack, "--force-reinstall", kind="editable")
    assert machine.settle() == ["One"]
    return machine
