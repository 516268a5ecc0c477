# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What all tests share: no configuration of the machine's owner, and a plugin system that starts anew."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import invalidate_caches
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from brainsmith_core.cli.main import main
from brainsmith_core.manager import reset_plugin_system

# How long an example takes says something about the machine, not about the code.
settings.register_profile("brainsmith", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("brainsmith")

PACKS = Path(__file__).parent / "packs"


@pytest.fixture
def _search_path() -> Iterator[None]:
    """Puts ``sys.path`` back after everything else.

    A test that both replaces it and prepends to it with monkeypatch would leave the replacement behind.
    """
    path, entries = sys.path, list(sys.path)
    yield
    sys.path = path
    sys.path[:] = entries
    invalidate_caches()


@pytest.fixture(scope="session")
def _verilated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Verilator's compiled library, which is the same for all tests and takes longer than most of them."""
    return tmp_path_factory.mktemp("verilated")


@pytest.fixture(autouse=True)
def _fresh_plugin_system(
    _search_path: None,
    _verilated: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    cache = tmp_path_factory.mktemp("cache")
    (cache / "brainsmith").mkdir()
    (cache / "brainsmith" / "verilated").symlink_to(_verilated)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    for variable in list(os.environ):
        # Whether a missing tool is a failure is for whoever runs the tests to say.
        if variable.startswith("BRAINSMITH_") and variable != "BRAINSMITH_REQUIRE_TOOLS":
            monkeypatch.delenv(variable)
    reset_plugin_system()
    yield
    reset_plugin_system()


@pytest.fixture(scope="session")
def packs_folder() -> Path:
    """The folder of miniature distributions, one per scenario."""
    return PACKS


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run ``brainsmith`` with some words."""

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["brainsmith", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = capfd.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return run
