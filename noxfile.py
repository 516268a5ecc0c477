# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The project's checks: ``nox`` runs them all, ``nox --list`` names them."""

from __future__ import annotations

from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests", "wheels", "finn"]
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
DISTRIBUTIONS = ["brainsmith_core", "brainsmith_qonnx_bridge", "brainsmith_finn_bridge", "brainsmith_kernels"]
PACKAGES = ["brainsmith_core/src/brainsmith", *(f"{name}/src/{name}" for name in DISTRIBUTIONS)]
CONSTRAINTS = "-ctests/constraints.txt"
TEST_TOOLS = ["pytest>=8", "pytest-cov", "pytest-xdist", "hypothesis", "hatchling", "editables", "jsonschema"]
HARDWARE_TOOLS = ["pyslang"]
RUFF, MYPY = "ruff==0.17.6", "mypy==2.4.1"
# Only its headers are used, and no requirement can say that the rest of its dependencies is not wanted.
HLS_HEADERS = ["--no-deps", "hls4ml==1.3.0"]
EXAMPLE_TOOLS = ["scikit-learn"]
DOCS_TOOLS = ["sybil>=9", "mkdocs-material>=9.5,<10"]


def _install_editable(session: nox.Session) -> None:
    editable = [word for name in DISTRIBUTIONS for word in ("-e", f"./{name}")]
    # With ruff and mypy the pack that brainsmith pack new writes is checked.
    tools = [*TEST_TOOLS, *HARDWARE_TOOLS, *EXAMPLE_TOOLS, *DOCS_TOOLS, RUFF, MYPY]
    session.install(CONSTRAINTS, *editable, *tools)
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
    session.install(RUFF, "import-linter>=2.9")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    paths = ":".join(f"{name}/src" for name in DISTRIBUTIONS)
    session.run("lint-imports", env={"PYTHONPATH": paths})


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strictly, over all four distributions."""
    tools = [MYPY, "types-PyYAML", "nox", "pytest>=8", "hypothesis", *HARDWARE_TOOLS]
    session.install(CONSTRAINTS, "./brainsmith_core", *tools)
    session.run("pip", "uninstall", "--yes", "brainsmith-core", silent=True)
    session.run("mypy", *PACKAGES, "noxfile.py")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests, on the source tree; core's branches must be covered."""
    _install_editable(session)
    words = session.posargs or ["--cov", "--cov-report=term", "--cov-fail-under=95"]
    required = {"BRAINSMITH_REQUIRE_TOOLS": "1"}
    session.run("pytest", "-n2", "--dist=loadgroup", "--durations=10", *words, env=required)


@nox.session
def wheels(session: nox.Session) -> None:
    """The built wheels: each sensible subset alone, in any order, and the quick tests on them."""
    folder = _build_wheels(session)
    session.run("python", "tests/wheels/check_wheels.py", str(folder))
    installed = [str(path) for path in sorted(folder.glob("*.whl"))]
    session.install(CONSTRAINTS, *installed, *TEST_TOOLS, *EXAMPLE_TOOLS)
    session.run("pytest", "-n2", "-q", "-m", "not slow", "tests/integration")


@nox.session
def finn(session: nox.Session) -> None:
    """The FINN bridge, with FINN installed: without CUDA, and without what its flow never imports.

    Verilator and g++, which the machine has to have, simulate what FINN's flow generates.
    """
    editable = [word for name in DISTRIBUTIONS for word in ("-e", f"./{name}")]
    session.install("torch==2.13.0")
    session.install("--no-deps", "finn-plus==1.6.1")
    tools = [*TEST_TOOLS, "sybil>=9", "setuptools<81"]
    session.install("-r", "tests/finn_bridge/requirements.txt", *editable, *tools)
    session.install(*HLS_HEADERS)
    page = "tests/docs/test_pages.py::test_every_snippet_of_the_page_runs[docs/finn.md]"
    everything = ["tests/finn_bridge", "tests/integration/test_known_packs.py", page]
    session.run("pytest", "-n2", "--dist=loadgroup", *(session.posargs or everything))


@nox.session
def bench(session: nox.Session) -> None:
    """Discovery side by side with its peers; not part of the default run."""
    session.install("./brainsmith_core", "-r", "benchmarks/requirements.txt")
    session.run("python", "benchmarks/run.py", *session.posargs)


@nox.session
def bench_frameworks(session: nox.Session) -> None:
    """What plugins of the real QONNX and FINN cost; not part of the default run."""
    session.install("torch==2.13.0")
    session.install("--no-deps", "finn-plus==1.6.1")
    # As users have them: of an editable distribution, each file is looked at.
    session.install("-r", "tests/finn_bridge/requirements.txt", *(f"./{name}" for name in DISTRIBUTIONS))
    session.run("python", "benchmarks/frameworks.py", *session.posargs)


@nox.session
def sweeps(session: nox.Session) -> None:
    """Many rows through every kernel's hardware, written down as a page; not part of the default run."""
    _install_editable(session)
    session.run("python", "tests/kernels/sweeps/run.py", *session.posargs)
