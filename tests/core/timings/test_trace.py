# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A trace knows of each import who caused it and what it cost, and the modules know nothing of the trace."""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from pathlib import Path

import pytest

from brainsmith_core.timings.trace import ImportTrace


@pytest.fixture
def traced(weighty: Path) -> ImportTrace:
    with ImportTrace() as trace:
        import_module("weighty.kernels.anvil")
    return trace


def test_each_import_has_the_chain_that_caused_it(traced: ImportTrace) -> None:
    chains = {each.module: each.chain for each in traced.imports}

    assert chains["ballast.inner"] == ("weighty.kernels", "weighty.kernels.common", "ballast")
    assert chains["weighty"] == chains["weighty.kernels"] == chains["weighty.kernels.anvil"] == ()


def test_a_package_costs_what_its_outermost_import_did(traced: ImportTrace) -> None:
    packages = {package.name: package for package in traced.packages("weighty.kernels.anvil")}

    assert packages["ballast"].modules == 2
    assert 55 < packages["ballast"].megabytes < 70
    assert packages["weighty"].megabytes >= packages["ballast"].megabytes
    assert packages["ballast"].chain == (
        "weighty.kernels.anvil",
        "weighty.kernels",
        "weighty.kernels.common",
        "ballast",
    )


def test_modules_keep_their_own_loader(traced: ImportTrace) -> None:
    module = sys.modules["ballast"]

    assert type(module.__loader__).__name__ == "SourceFileLoader"
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__
    assert traced not in sys.meta_path


def test_what_was_imported_before_does_not_appear(weighty: Path) -> None:
    import_module("ballast")
    with ImportTrace() as trace:
        import_module("weighty.kernels.anvil")

    assert "ballast" not in {each.module for each in trace.imports}


def test_an_import_that_fails_is_measured_and_fails(weighty: Path) -> None:
    with ImportTrace() as trace, pytest.raises(RuntimeError, match="no hammer"):
        import_module("weighty.kernels.broken")

    assert trace.imports[-1].module == "weighty.kernels.broken"
    with ImportTrace(), pytest.raises(ModuleNotFoundError):
        import_module("weighty.gone")


def test_an_extension_module_is_measured_too(weighty: Path) -> None:
    extension = next(
        name for name in ("_xxsubinterpreters", "_testcapi", "_uuid", "_crypt") if name not in sys.modules
    )
    with ImportTrace() as trace:
        module = pytest.importorskip(extension)

    assert [each.module for each in trace.imports] == [extension]
    assert module.__spec__.loader is module.__loader__


def test_threads_have_chains_of_their_own(weighty: Path) -> None:
    (weighty / "starts_thread.py").write_text(
        "import threading\n"
        "thread = threading.Thread(target=__import__, args=('ballast',))\n"
        "thread.start()\n"
        "thread.join()\n",
        encoding="utf-8",
    )
    with ImportTrace() as trace:
        import_module("starts_thread")

    assert threading.active_count() >= 1
    assert {each.module: each.chain for each in trace.imports}["ballast"] == ()
