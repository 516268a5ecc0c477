# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What a start of a tool costs, counted in modules and files: each test fails with the list of what is new.

Milliseconds depend on the machine; what is imported and opened does not. Whoever adds to these lists
makes every start of every tool, every worker and every tab completion slower by about 0.1 ms a module.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from brainsmith_core.testing import install

#: What ``import brainsmith.plugins`` may import, beyond what any interpreter has loaded.
USERS_PAGE = {
    "brainsmith",
    "brainsmith.plugins",
    "brainsmith_core",
    "brainsmith_core.index_file",
    "brainsmith_core.namespaces",
}
#: What listing names from a valid index may import: nothing more.
LISTING = USERS_PAGE
#: What loading one plugin by its name may import, beside the plugin's own modules.
LOADING = LISTING | {
    "__future__",
    "gc",
    "brainsmith_core.catalogue",
    "brainsmith_core.configuration",
    "brainsmith_core.index",
    "brainsmith_core.discovery_cache",
    "brainsmith_core.loading",
    "brainsmith_core.loads",
    "brainsmith_core.manager",
    "brainsmith_core.memory",
    "brainsmith_core.records",
    "brainsmith_core.registry",
}

#: Notes modules and files from here on; bytecode and source of a module count as the module.
WATCHED = """
import os, sys
before, opened = set(sys.modules), []
def note(event, arguments):
    if event == "open" and sys._getframe(1).f_globals["__name__"] != IMPORTLIB:
        opened.append(os.fsdecode(arguments[0]))
IMPORTLIB = "_frozen_importlib_external"
sys.addaudithook(note)
@CODE@
print([sorted(set(sys.modules) - before), list(opened)])
"""

Python = Callable[..., "subprocess.CompletedProcess[str]"]
#: Gives the modules that some code imports, and the suffixes of the other files that it opens.
Watch = Callable[[str], "tuple[set[str], list[str]]"]


@pytest.fixture(scope="module")
def tiny_site(build_wheel: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small pack installed by pip."""
    folder = tmp_path_factory.mktemp("tiny")
    project = folder / "project"
    (project / "tiny_pack").mkdir(parents=True)
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "tiny-pack"\nversion = "1.0"\n'
        '[project.entry-points.brainsmith]\ntiny = "tiny_pack.hooks"\n'
    )
    (project / "tiny_pack" / "__init__.py").touch()
    (project / "tiny_pack" / "tiny.py").write_text("class Tiny:\n    def apply(self, model): ...\n")
    (project / "tiny_pack" / "hooks.py").write_text(
        "from brainsmith_core import TransformRecord, hookimpl\n\n\n@hookimpl\ndef register_transforms():\n"
        '    return [TransformRecord(name="Tiny", target="tiny_pack.tiny:Tiny")]\n'
    )
    return install(build_wheel(project), site=folder / "site")


@pytest.fixture
def watch(python: Python, tiny_site: Path) -> Watch:
    """Run code in a fresh process with the small pack, whose index is valid."""

    def run(code: str) -> tuple[set[str], list[str]]:
        done = python(code, tiny_site)
        assert done.returncode == 0, done.stderr
        modules, opened = ast.literal_eval(done.stdout or "[(), ()]")
        return set(modules), [Path(path).suffix for path in opened]

    # An index of folders that changed a moment ago, such as the working one, would be doubtful.
    time.sleep(0.1)
    run("from brainsmith.plugins import transforms; transforms.list_plugins()")
    return lambda code: run(WATCHED.replace("@CODE@", code))


def assert_within(budget: set[str], modules: set[str]) -> None:
    new = sorted(modules - budget)
    assert not new, f"imported beyond the budget: {', '.join(new)}"


def test_importing_the_users_page_imports_five_modules_and_opens_nothing(watch: Watch) -> None:
    modules, opened = watch("import brainsmith.plugins")
    assert_within(USERS_PAGE, modules)
    assert opened == []


def test_listing_names_imports_five_modules_and_opens_the_index(watch: Watch) -> None:
    modules, opened = watch(
        "from brainsmith.plugins import transforms, kernels, backends, steps\n"
        "assert transforms.list_plugins() == ['Tiny']\n"
        "assert kernels.list_plugins() == backends.list_plugins() == steps.list_plugins() == []"
    )
    assert_within(LISTING, modules)
    assert opened == [".index"]


def test_loading_one_plugin_imports_twelve_modules_more_and_opens_the_index(watch: Watch) -> None:
    modules, opened = watch("from brainsmith.plugins import transforms\ntransforms.Tiny")
    assert_within(LOADING | {"tiny_pack", "tiny_pack.tiny"}, modules)
    # And twice the kernel's word on memory, before and after the import.
    assert opened == [".index", "", ""]


def test_what_is_listed_here_is_still_imported(watch: Watch) -> None:
    modules, _ = watch(
        "from brainsmith.plugins import transforms\ntransforms.Tiny\ntransforms.list_plugins()"
    )
    assert sorted(LOADING - modules) == []


def test_a_change_of_one_pack_imports_no_other_packs_hooks(
    python: Python, tiny_site: Path, tmp_path: Path
) -> None:
    site = Path(shutil.copytree(tiny_site, tmp_path / "site"))
    (site / "other_pack.py").write_text(
        "from brainsmith_core import KernelRecord, hookimpl\n\n\n@hookimpl\ndef register_kernels():\n"
        '    return [KernelRecord(name="Other", target="other_pack:Other")]\n'
    )
    metadata = site / "other_pack-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: other-pack\nVersion: 1.0\n")
    (metadata / "RECORD").touch()
    (metadata / "entry_points.txt").write_text("[brainsmith]\nother = other_pack\n")
    time.sleep(0.1)
    code = (
        "import sys; from brainsmith.plugins import kernels, transforms\n"
        "print(transforms.list_plugins(), kernels.list_plugins())\n"
        "print([name for name in ('tiny_pack.hooks', 'other_pack') if name in sys.modules])"
    )
    names = "['Tiny'] ['Other']"
    assert python(code, site).stdout.splitlines() == [names, "['tiny_pack.hooks', 'other_pack']"]
    metadata.rename(site / "other_pack-1.1.dist-info")
    assert python(code, site).stdout.splitlines() == [names, "['other_pack']"]
