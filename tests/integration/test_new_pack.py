# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that ``brainsmith pack new`` wrote: it installs, its kernel runs, and its own tests pass."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from brainsmith_core.scaffold.names import pack_names
from brainsmith_core.scaffold.template import choose_template, render_pack
from brainsmith_core.testing import install

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("new pack")]

COMMAND = "from brainsmith_core.cli.main import main; main()"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack's folder, of names that are not the defaults."""
    folder = tmp_path_factory.mktemp("new") / "project"
    render_pack(choose_template("brainsmith"), pack_names("zeta-kernels", "IntRescale"), folder)
    return folder


@pytest.fixture(scope="module")
def site(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pip installed it."""
    return install(project, site=tmp_path_factory.mktemp("site"))


def run(words: list[str], project: Path, *sites: Path) -> str:
    """What a command prints that sees the installed pack; it must end well."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, sites)),
        "BRAINSMITH_REQUIRE_TOOLS": "1",
    }
    done = subprocess.run(
        [sys.executable, *words], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_plugins_are_listed(project: Path, site: Path) -> None:
    listed = run(["-c", COMMAND, "plugins", "list", "--source", "zeta"], project, site)
    names = [line.split()[1] for line in listed.splitlines() if "zeta-kernels" in line]
    assert names == ["InferIntRescale", "IntRescale", "IntRescaleHLS", "IntRescaleRTL"]


@pytest.mark.parametrize("language", ["rtl", "hls"])
def test_its_kernel_can_be_simulated(language: str, project: Path, site: Path) -> None:
    words = ["kernel", "simulate", "zeta:IntRescale", "--backend", language]
    assert "64000, of which 0 differ from the specification" in run(["-c", COMMAND, *words], project, site)


def test_its_own_tests_pass(project: Path, site: Path) -> None:
    printed = run(["-m", "pytest", "-q", "-p", "no:cacheprovider"], project, site)
    assert " passed" in printed
    assert "skipped" not in printed


@pytest.mark.parametrize(
    ("tool", "words"),
    [("ruff", ["check", "."]), ("ruff", ["format", "--check", "."]), ("mypy", ["src", "tests"])],
)
def test_its_code_is_clean(tool: str, words: list[str], project: Path) -> None:
    if find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed")
    run(["-m", tool, *words], project)
