# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Sites with miniature packs installed, apart from whatever packs this environment has."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import invalidate_caches
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from brainsmith_core.configuration import Configuration
from brainsmith_core.manager import PluginManager
from brainsmith_core.testing import install, installed

GOOD = ("acme", "plain_pluggy", "instance_entry")
METADATA = (".dist-info", ".egg-info")

Python = Callable[..., "subprocess.CompletedProcess[str]"]
BuildWheel = Callable[..., Path]


@pytest.fixture(scope="session")
def build_wheel(packs_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> BuildWheel:
    """Build the wheel of a scenario, or of another project folder, with hatchling."""

    def build(project: str | Path, version: str = "standard") -> Path:
        folder = tmp_path_factory.mktemp("wheel")
        builder = WheelBuilder(str(packs_folder / project))
        return Path(next(builder.build(directory=str(folder), versions=[version])))

    return build


@pytest.fixture(scope="session")
def good_site(build_wheel: BuildWheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the three good packs installed by pip."""
    return install(*map(build_wheel, GOOD), site=tmp_path_factory.mktemp("good_site"))


@pytest.fixture(scope="session")
def full_site(packs_folder: Path, build_wheel: BuildWheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every scenario of discovery installed by pip."""
    folders = (path.parent.name for path in packs_folder.glob("*/pyproject.toml"))
    # Not the packs of other subjects: the commands of kernels, the conformance suite, kernels in FINN.
    scenarios = sorted(folder for folder in folders if folder not in ("hardware", "faulty", "leaky"))
    return install(*map(build_wheel, scenarios), site=tmp_path_factory.mktemp("full_site"))


@pytest.fixture(scope="session")
def bare_path(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """``sys.path`` with this environment's packages, and without the packs that happen to be there."""
    path = []
    for entry in dict.fromkeys(sys.path):
        folder = Path(entry or ".")
        if not any(folder.glob("*.dist-info")):
            path.append(entry)
            continue
        mirror = tmp_path_factory.mktemp("site-packages")
        for item in folder.iterdir():
            if not _is_pack(item):
                (mirror / item.name).symlink_to(item)
        path.append(str(mirror))
    return path


def _is_pack(item: Path) -> bool:
    entry_points = item / "entry_points.txt"
    return (
        item.name.endswith(METADATA)
        and entry_points.is_file()
        and "[brainsmith]" in entry_points.read_text(encoding="utf-8")
    )


@pytest.fixture
def no_packs(bare_path: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An environment without packs, and a working directory without configuration."""
    monkeypatch.setattr(sys, "path", list(bare_path))
    monkeypatch.chdir(tmp_path)
    invalidate_caches()
    yield
    invalidate_caches()


@pytest.fixture
def good_packs(no_packs: None, good_site: Path) -> Iterator[Path]:
    """An environment with the three good packs."""
    with installed(good_site):
        yield good_site


@pytest.fixture
def all_packs(no_packs: None, full_site: Path) -> Iterator[Path]:
    """An environment with every scenario's pack."""
    with installed(full_site):
        yield full_site


@pytest.fixture(scope="session")
def hardware_site(build_wheel: BuildWheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pack whose back ends can be simulated and synthesised."""
    return install(build_wheel("hardware"), site=tmp_path_factory.mktemp("hardware_site"))


@pytest.fixture
def hardware_pack(no_packs: None, hardware_site: Path) -> Iterator[Path]:
    """An environment with that pack alone."""
    with installed(hardware_site):
        yield hardware_site


@pytest.fixture
def good_manager(good_packs: Path) -> PluginManager:
    return PluginManager(Configuration())


@pytest.fixture
def python(bare_path: list[str], tmp_path: Path) -> Python:
    """Run code in a fresh interpreter that sees the given sites and no other pack."""

    def run(
        code: str, *sites: Path, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("BRAINSMITH_")}
        path = os.pathsep.join([*map(str, sites), *(entry for entry in bare_path if entry)])
        return subprocess.run(
            [sys.executable, "-S", "-c", code],
            env={**kept, "PYTHONPATH": path, **(environment or {})},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
