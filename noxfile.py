# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The project's checks: ``nox`` runs them all, ``nox --list`` names them."""

from __future__ import annotations

from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests", "wheels"]
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
DISTRIBUTIONS = ["brainsmith_core", "brainsmith_qonnx_bridge", "brainsmith_finn_bridge", "brainsmith_kernels"]
PACKAGES = ["brainsmith_core/src/brainsmith", *(f"{name}/src/{name}" for name in DISTRIBUTIONS)]
CONSTRAINTS = "-ctests/constraints.txt"
TEST_TOOLS = ["pytest>=8", "pytest-cov", "pytest-xdist", "hypothesis", "hatchling", "jsonschema", "pyslang"]
# Only its headers are used, and no requirement can say that the rest of its dependencies is not wanted.
HLS_HEADERS = ["--no-deps", "hls4ml==1.3.0"]
EXAMPLE_TOOLS = ["scikit-learn"]


def _install_editable(session: nox.Session) -> None:
    editable = [word for name in DISTRIBUTIONS for word in ("-e", f"./{name}")]
    session.install(CONSTRAINTS, *editable, *TEST_TOOLS, *EXAMPLE_TOOLS)
    session.install(*HLS_HEADERS)


def _build_wheels(session: nox.Session) -> Path:
    wheels = Path(session.create_tmp()).resolve() / "wheels"
    session.install("build")
    for name in DISTRIBUTIONS:
        session.run("python", "-m", "build", "--wheel", "--outdir", str(wheels), name, silent=True)
    return wheels


@nox.session
def lint(session: nox.Session) -> None:
    """Style, formatting and the direction of imports."""
    session.install("ruff==0.17.6", "import-linter>=2.4")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    paths = ":".join(f"{name}/src" for name in DISTRIBUTIONS)
    session.run("lint-imports", env={"PYTHONPATH": paths})


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strictly, over all four distributions."""
    session.install(CONSTRAINTS, "./brainsmith_core", "mypy==2.4.1", "types-PyYAML", "nox")
    session.run("pip", "uninstall", "--yes", "brainsmith-core", silent=True)
    session.run("mypy", *PACKAGES, "noxfile.py")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests, on the source tree; core's branches must be covered."""
    _install_editable(session)
    words = session.posargs or ["--cov", "--cov-report=term", "--cov-fail-under=95"]
    session.run("pytest", "-n2", "--dist=loadgroup", "--durations=10", *words)


@nox.session
def wheels(session: nox.Session) -> None:
    """The built wheels: each sensible subset alone, in any order, and the quick tests on them."""
    folder = _build_wheels(session)
    session.run("python", "tests/wheels/check_wheels.py", str(folder))
    installed = [str(path) for path in sorted(folder.glob("*.whl"))]
    session.install(CONSTRAINTS, *installed, *TEST_TOOLS, *EXAMPLE_TOOLS)
    session.run("pytest", "-n2", "-q", "-m", "not slow", "tests/integration")
