# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Requirements: what to type so that a package that FINN imports gets here, in FINN's own versions."""

from __future__ import annotations

import re
import shlex
from functools import cached_property

from brainsmith_core.discovery.locate import is_importable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from brainsmith_finn_bridge.installation import Installation

#: What to ask pip for, where that is not the name of the module.
_DISTRIBUTIONS = {
    "PIL": "pillow",
    "brevitas_examples": "brevitas",
    "cv2": "opencv-python",
    "google": "protobuf",
    "pkg_resources": "setuptools",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
#: Where a package is that no index has.
_ELSEWHERE = {"pyverilator": "git+https://github.com/maltanar/pyverilator"}
_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)(\[[^\]]*\])?\s*\(?([^;()#]*)\)?(;?.*)")
_REPOSITORY = re.compile(r'^(\w+)_(URL|COMMIT)="([^"]+)"', re.MULTILINE)


class Requirements:
    """What an installation's metadata, or its checkout's requirements.txt and fetch-repos.sh, ask for.

    Read when it is first asked, since where nothing is missing nobody asks.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        """Requirements by normalised distribution name, as pip takes them: ``matplotlib<3.11``."""
        root = self._installation.root
        lines = [
            line.removeprefix("Requires-Dist:").strip()
            for line in self._installation.metadata().splitlines()
            if line.startswith("Requires-Dist:")
        ]
        lines += _text(root / "requirements.txt").splitlines()
        texts: dict[str, str] = {}
        for line in lines:
            found = _REQUIREMENT.fullmatch(line.strip())
            if found and "extra" not in found[4]:
                texts.setdefault(
                    _normalised(found[1]), f"{found[1]}{found[2] or ''}{found[3].replace(' ', '')}"
                )
        return texts | _repositories(_text(root / "fetch-repos.sh"))

    def of(self, module: str) -> str:
        """The requirement that brings a top-level module."""
        name = _normalised(_DISTRIBUTIONS.get(module, module))
        return self._texts.get(name) or _ELSEWHERE.get(module) or name

    def remedies(self, modules: Iterable[str]) -> Iterator[str]:
        """The command that installs what brings some modules, and a word on those of unknown version."""
        to_install = set()
        for module in sorted(modules):
            requirement = self.of(module)
            if requirement == _normalised(module) and is_importable(module):
                yield f"install the {module} that this FINN was written for"
            else:
                to_install.add(requirement)
        if to_install:
            yield "pip install " + " ".join(map(shlex.quote, sorted(to_install)))


def _repositories(script: str) -> dict[str, str]:
    """The Python packages among the repositories that Xilinx/finn fetches, at its commit."""
    values = {(name, what): value for name, what, value in _REPOSITORY.findall(script)}
    return {
        _normalised(name): f"git+{url.removesuffix('.git')}@{values[name, 'COMMIT']}"
        for (name, what), url in values.items()
        if what == "URL" and (name, "COMMIT") in values
    }


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
