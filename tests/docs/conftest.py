# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The reader of a page: types its commands, writes its files and runs its Python, as a newcomer would."""

from __future__ import annotations

import doctest
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import invalidate_caches
from pathlib import Path
from sysconfig import get_path

import pytest
import yaml
from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

from brainsmith_core.configuration import load_configuration
from brainsmith_core.manager import PluginManager, reset_plugin_system
from brainsmith_core.testing import installed

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DISTRIBUTIONS = ("brainsmith_core", "brainsmith_qonnx_bridge", "brainsmith_finn_bridge", "brainsmith_kernels")

#: The first line of a block that is a file: its name, and perhaps a word about it.
FILE_LINE = re.compile(r"^# (?P<name>[\w./-]+\.(?:py|toml|yaml))(?:$|:)", re.MULTILINE)
#: Commands of the repository itself, which are checks of their own.
OF_THE_REPOSITORY = ("bash scripts/",)
#: What a command that fails by design prints first.
ERROR_LINE = re.compile(r"^(brainsmith: |Error: )", re.MULTILINE)

MAIN = "from brainsmith_core.cli.main import main; main()"
SCRIPTS = {
    "brainsmith": f'exec "$PYTHON" -c "{MAIN}" "$@"',
    "pip": 'case "$1" in install) set -- "$@" --no-build-isolation;; esac; exec "$PYTHON" -m pip "$@"',
    "pytest": 'exec "$PYTHON" -m pytest -p no:cacheprovider "$@"',
    "python": 'exec "$PYTHON" "$@"',
}


class Environment:
    """A virtual environment that sees everything of the tests' own, and into which pip installs."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        self.python = folder / "bin" / "python"
        self.site = folder / Path(get_path("purelib")).relative_to(sys.prefix)
        # Read as a site of its own, so that the editable installations there count, too.
        (self.site / "outer.pth").write_text(f"import site; site.addsitedir({get_path('purelib')!r})\n")
        self.scripts = folder / "scripts"
        self.scripts.mkdir()
        for name, text in SCRIPTS.items():
            script = self.scripts / name
            script.write_text(f"#!/bin/sh\n{text}\n")
            script.chmod(0o755)

    def variables(self) -> dict[str, str]:
        """The environment variables of a command: this environment first, and no package index."""
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("BRAINSMITH_", "COV_"))
        }
        path = os.pathsep.join([str(self.scripts), str(self.python.parent), kept.get("PATH", "")])
        quiet = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_QUIET": "1"}
        return kept | quiet | {"PATH": path, "PYTHON": str(self.python)}


class Reader:
    """Goes through one page from its beginning."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._python = PythonEvaluator()
        self._languages: dict[str, Callable[[Example], str | None]] = {
            "python": self._run_python,
            "toml": lambda block: self._keep_or(block, tomllib.loads),
            "json": lambda block: self._keep_or(block, json.loads),
            "yaml": self._plan_yaml,
            "console": self._type_commands,
            "text": lambda block: self._keep_or(block, str),
        }

    def read(self, page: Path) -> None:
        """Evaluate every block of a page in order; a block of an unknown language is an error."""
        sybil = Sybil([CodeBlockParser(*pair) for pair in self._languages.items()])
        document = sybil.parse(page)
        assert document.text.count("\n```") == 2 * len(list(document.examples())), (
            "a block has no known language"
        )
        for example in document.examples():
            example.evaluate()

    def _keep_or(self, block: Example, check: Callable[[str], object]) -> str | None:
        check(block.parsed)
        self._keep(block.parsed)
        return None

    def _keep(self, text: str) -> Path | None:
        match = FILE_LINE.match(text)
        if match is None:
            return None
        path = Path(match["name"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def _run_python(self, block: Example) -> str | None:
        if self._keep(block.parsed):
            compile(block.parsed, block.path, "exec")
            return None
        fault: str | None = self._python(block)
        return fault

    def _plan_yaml(self, block: Example) -> str | None:
        path = self._keep(block.parsed)
        if path is None:
            path = Path("unnamed.yaml")
            path.write_text(block.parsed, encoding="utf-8")
        content = yaml.safe_load(block.parsed)
        if "plugin_system" in content:
            home = Path("home", ".brainsmith")
            home.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, home / "config.yaml")
            load_configuration(home.parent.absolute(), {})
        else:
            reset_plugin_system()
            PluginManager().plan(path)
        return None

    def _type_commands(self, block: Example) -> str | None:
        for command, expected in _commands(block.parsed):
            if command.startswith(OF_THE_REPOSITORY):
                assert (ROOT / command.split()[1]).is_file(), f"{command}: there is no such script"
            elif command.startswith("cd "):
                os.chdir(command.removeprefix("cd "))
            else:
                fault = self._type(command, expected)
                if fault:
                    return fault
        return None

    def _type(self, command: str, expected: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            env=self.environment.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # What the command installed, Python blocks see from now on.
        invalidate_caches()
        reset_plugin_system()
        if bool(done.returncode) != bool(ERROR_LINE.search(expected)):
            return f"$ {command}\nended with status {done.returncode}:\n{done.stdout}"
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        # Pages leave out the line under a table's head; in a terminal it is as wide as the terminal.
        printed = re.sub(r"^[ ─]+\n", "", done.stdout, flags=re.MULTILINE)
        if expected and not doctest.OutputChecker().check_output(expected, printed, flags):
            return f"$ {command}\nwas expected to print:\n{expected}\nbut printed:\n{done.stdout}"
        return ""


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with the output that the page shows; none is shown for many."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = re.sub(r"\\\n\s*", "", part).partition("\n")
        yield command.partition("  #")[0].strip(), expected


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A reader in a folder with a model, ``model.onnx``, and the distributions of this repository."""
    environment = Environment(tmp_path / "environment")
    folder = tmp_path / "folder"
    folder.mkdir()
    shutil.copy(ROOT / "examples" / "digits" / "model.onnx", folder)
    shutil.copy(ROOT / "examples" / "digits" / "test_vectors.npz", folder)
    for name in (*DISTRIBUTIONS, "examples"):
        (folder / name).symlink_to(ROOT / name)
    monkeypatch.chdir(folder)
    with ExitStack() as stack:
        stack.enter_context(installed(environment.site))
        yield Reader(environment)


@pytest.fixture(scope="session")
def pages() -> dict[str, str]:
    """The text of each page that is written by hand, by its name."""
    generated = {"cli.md", "seed.md"}
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in DOCS.glob("*.md")
        if path.name not in generated
    }
