# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What a pack says, reads and looks at: the next process notices every change, made for real."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_an_edit_within_the_same_second_that_keeps_the_size(editable: Any) -> None:
    hooks = editable.pack / "acme_pack" / "hooks.py"
    for name in ("Two", "Six", "Ten", "One"):
        status = hooks.stat()
        editable.write(name)
        os.utime(hooks, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert hooks.stat().st_size == status.st_size
        assert editable.ask()[0] == [name]


def test_declared_classes_edited_and_modules_added(editable: Any) -> None:
    package = editable.pack / "acme_pack"
    (package / "hooks.py").write_text(editable.DECLARING, encoding="utf-8")
    (package / "one.py").write_text(editable.DECLARED.format("One"), encoding="utf-8")
    assert editable.settle() == ["One"]
    (package / "one.py").write_text(editable.DECLARED.format("Two"), encoding="utf-8")
    assert editable.ask() == (["Two"], False)
    assert editable.settle() == ["Two"]
    (package / "inner").mkdir()
    (package / "inner" / "new.py").write_text(editable.DECLARED.format("Three"), encoding="utf-8")
    assert editable.ask() == (["Three", "Two"], False)


def test_a_variable_and_a_file_that_a_hook_reads(editable: Any) -> None:
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


def test_a_new_file_in_a_folder_that_a_hook_lists(editable: Any) -> None:
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
def test_what_a_hook_looks_at(editable: Any, names: str, change: str) -> None:
    package = editable.pack / "acme_pack"
    for folder in ("my-tables", "../data"):
        (package / folder).mkdir()
        (package / folder / "One.csv").touch()
    (package / "n.json").write_text("[]")
    editable.write_hooks(package, names)
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
def test_a_variable_however_a_hook_reads_it(editable: Any, value: str) -> None:
    editable.write_hooks(editable.pack / "acme_pack", f"['Set' if {value} else 'Unset']")
    assert editable.settle() == ["Unset"]
    assert editable.ask(ACME_ONE="1") == (["Set"], False)


def test_a_file_that_a_hook_reads_in_the_working_directory(editable: Any, tmp_path: Path) -> None:
    editable.write_hooks(editable.pack / "acme_pack", "json.load(open('n.json'))")
    script = tmp_path / "script.py"
    script.write_text("import brainsmith.plugins as p; print(*p.transforms.list_plugins())")
    seen = []
    for name in ("One", "One", "Two", "One"):
        (tmp_path / name).mkdir(exist_ok=True)
        if not (tmp_path / name / "n.json").exists():
            (tmp_path / name / "n.json").write_text(f'["{name}"]')
        time.sleep(editable.SETTLED)
        environment = {"XDG_CACHE_HOME": str(editable.cache), "PATH": os.environ["PATH"]}
        command = [str(editable.python), str(script)]
        seen.append(subprocess.check_output(command, env=environment, cwd=tmp_path / name, text=True).strip())
    assert seen == ["One", "One", "Two", "One"]


def test_a_module_that_appears_in_a_package_of_another(editable: Any) -> None:
    package = editable.pack / "acme_pack"
    (package / "hooks.py").write_text(
        editable.DECLARING.replace("__package__", "'acme_parts'"), encoding="utf-8"
    )
    parts = editable.pack / "acme_parts"
    parts.mkdir()
    for name in ("One", "Two"):
        (parts / f"{name.lower()}.py").write_text(editable.DECLARED.format(name), encoding="utf-8")
        assert name in editable.ask()[0]
        editable.settle()


def test_a_module_of_others_that_a_hook_module_imports(editable: Any, tmp_path: Path) -> None:
    hooks = editable.pack / "acme_pack" / "hooks.py"
    listed = hooks.read_text(encoding="utf-8").replace('"One"', "acme_names.NAME")
    hooks.write_text(f"import acme_names\n{listed}", encoding="utf-8")
    module = tmp_path / "acme_names" / "__init__.py"
    module.parent.mkdir()
    module.write_text("NAME = 'One'\n")
    path = str(tmp_path)
    for _ in range(2):
        time.sleep(editable.SETTLED)
        assert editable.ask(PYTHONPATH=path)[0] == ["One"]
    assert editable.ask(PYTHONPATH=path) == (["One"], True)
    module.write_text("NAME = 'Another'\n")
    assert editable.ask(PYTHONPATH=path) == (["Another"], False)


def test_a_linked_package_and_a_linked_part_of_one(machine: Any, tmp_path: Path) -> None:
    # As "flit install --symlink" does it.
    shutil.rmtree(machine.site / "acme_pack")
    package = machine.pack / "acme_pack"
    (machine.site / "acme_pack").symlink_to(package)
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "names.py").write_text("NAMES = ['One']\n")
    (package / "part").symlink_to(tmp_path / "part")
    (package / "part" / "loop").symlink_to(package)
    machine.write_hooks(package, "NAMES", "from acme_pack.part.names import NAMES")
    assert machine.settle() == ["One"]
    (tmp_path / "part" / "names.py").write_text("NAMES = ['One', 'Two']\n")
    assert machine.ask() == (["One", "Two"], False)


@pytest.mark.parametrize("reader", ["acme_pack", "zeta_pack"])
def test_what_a_module_of_another_pack_reads(editable: Any, tmp_path: Path, reader: str) -> None:
    # Whichever of the two packs is asked first, the second finds the module there and reads nothing.
    packages = {"acme_pack": editable.pack / "acme_pack", "zeta_pack": tmp_path / "zeta" / "zeta_pack"}
    packages["zeta_pack"].mkdir(parents=True)
    (packages["zeta_pack"] / "__init__.py").touch()
    text = (editable.pack / "pyproject.toml").read_text().replace("acme", "zeta")
    (tmp_path / "zeta" / "pyproject.toml").write_text(text)
    data = packages[reader] / "n.json"
    data.write_text('["One"]')
    (packages[reader] / "names.py").write_text(editable.READ_AT_IMPORT)
    for name, package in packages.items():
        editable.write_hooks(
            package, f"['{name[0].upper()}' + name for name in NAMES]", f"from {reader}.names import NAMES"
        )
    editable.install(tmp_path / "zeta", kind="editable")
    assert editable.settle() == ["AOne", "ZOne"]
    data.write_text('["Two"]')
    assert editable.ask()[0] == ["ATwo", "ZTwo"]


def test_what_a_bridge_reads_of_its_own(editable: Any) -> None:
    package = editable.pack / "acme_pack"
    (package / "n.json").write_text('["One"]')
    adapter = (
        "from brainsmith_core.frameworks import FrameworkAdapter\n\n\n"
        "class Adapter(FrameworkAdapter):\n    name = 'acme'\n    packages = lambda self: ()\n\n\n"
        "Adapter.__abstractmethods__ = frozenset()\n\n\n"
        "@hookimpl\ndef register_frameworks():\n    return [Adapter()]\n"
    )
    editable.write_hooks(package, "json.loads((HERE / 'n.json').read_text())", adapter)
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
def test_a_process_that_did_not_see_what_a_pack_reads(editable: Any, before: str) -> None:
    package = editable.pack / "acme_pack"
    (package / "n.json").write_text('["One"]')
    (package / "names.py").write_text(editable.READ_AT_IMPORT)
    editable.write_hooks(package, "NAMES", "from acme_pack.names import NAMES")
    time.sleep(editable.SETTLED)
    assert editable.run(before) == ["One"]
    (package / "n.json").write_text('["Two"]')
    assert editable.ask()[0] == ["Two"]


@pytest.mark.parametrize("listed", [True, False])
def test_a_process_that_runs_what_a_file_said_before(editable: Any, listed: bool) -> None:
    package = editable.pack / "acme_pack"
    (package / "names.py").write_text("NAMES = ['One']\n")
    editable.write_hooks(package, "NAMES", "from acme_pack.names import NAMES")
    time.sleep(editable.SETTLED)
    first = (
        "import brainsmith.plugins as p; p.transforms.list_plugins()" if listed else "import acme_pack.names"
    )
    edit = f"open({str(package / 'names.py')!r}, 'w').write('NAMES = [\\'Two\\', \\'Six\\']')"
    editable.run(f"{first}\n{edit}\n{REFRESH}")
    assert editable.ask()[0] == ["Six", "Two"]
