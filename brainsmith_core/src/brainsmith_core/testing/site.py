# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A site: a folder with packs installed, and the time for which this process sees them."""

from __future__ import annotations

import site as site_folders
import subprocess
import sys
import tomllib
from contextlib import contextmanager
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from brainsmith_core.errors import PackError
from brainsmith_core.manager import reset_plugin_system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def install(*projects: str | Path, site: str | Path) -> Path:
    """Install project folders or wheels into the folder ``site`` with pip, without their dependencies.

    The build backend of this environment builds the folders if it has it; otherwise pip fetches one.
    A distribution that ``site`` already has is replaced. Returns ``site``. Raises ``PackError`` with what
    pip said.
    """
    target = Path(site)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--upgrade", "--target", str(target)]
    if all(map(_builds_here, map(Path, projects))):
        command += ["--no-index", "--no-build-isolation"]
    done = subprocess.run([*command, *map(str, projects)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackError(
            f"pip cannot install {', '.join(map(str, projects))}",
            place=str(target),
            remedy=(done.stderr.strip() or done.stdout.strip()),
        )
    return target


@contextmanager
def installed(*sites: str | Path) -> Iterator[None]:
    """Within the block, what is installed in the folders ``sites`` is installed in this process.

    The folders come first on ``sys.path``, their ``.pth`` files are read, and the plugin system starts
    anew. Afterwards ``sys.path`` is as before, the modules that came from the folders are forgotten, and
    the plugin system starts anew again.
    """
    path_before, modules_before = list(sys.path), set(sys.modules)
    places_before = {Path(folder).resolve() for folder in path_before}
    for folder in map(str, sites):
        site_folders.addsitedir(folder)
    added = [folder for folder in sys.path if Path(folder).resolve() not in places_before]
    sys.path[:] = [*added, *path_before]
    _start_anew()
    try:
        yield
    finally:
        sys.path[:] = path_before
        _forget_modules(set(sys.modules) - modules_before, [Path(folder).resolve() for folder in added])
        _start_anew()


def _builds_here(project: Path) -> bool:
    """Whether installing needs no other distribution than those that this environment has."""
    file = project / "pyproject.toml"
    if not file.is_file():
        return project.is_file()
    build_system = tomllib.loads(file.read_text(encoding="utf-8")).get("build-system", {})
    backend = str(build_system.get("build-backend", "setuptools")).partition(":")[0].partition(".")[0]
    return find_spec(backend) is not None


def _start_anew() -> None:
    invalidate_caches()
    reset_plugin_system()


def _forget_modules(names: Iterable[str], folders: Sequence[Path]) -> None:
    for name in names:
        module = sys.modules[name]
        spec = getattr(module, "__spec__", None)
        # The origin of a built-in or frozen module is no path.
        places = [str(spec.origin)] if spec and spec.has_location else _locations(module)
        if any(Path(place).resolve().is_relative_to(folder) for place in places for folder in folders):
            del sys.modules[name]


def _locations(module: object) -> list[str]:
    try:
        return list(getattr(module, "__path__", ()))
    except KeyError:
        # A namespace package looks for its parent, which may have been forgotten just before.
        return []
