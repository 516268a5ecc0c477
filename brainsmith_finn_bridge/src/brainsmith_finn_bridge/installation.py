# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Installation: which FINN is here and where it lies, found without importing it."""

from __future__ import annotations

from pathlib import Path

from brainsmith_core.discovery.locate import locate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import Distribution

#: The distributions that may bring a package ``finn``.
_DISTRIBUTIONS = ("finn-plus", "finn")
#: A folder that every FINN has, and nothing else called ``finn``.
_LANDMARK = Path("transformation", "fpgadataflow")

INSTALL = "pip install finn-plus, or put the src folder of a Xilinx/finn checkout on PYTHONPATH"


class Installation:
    """A FINN: the folders of its package, more than one where it is a namespace package."""

    __slots__ = ("folders",)

    def __init__(self, folders: tuple[str, ...]) -> None:
        self.folders = folders

    @property
    def root(self) -> Path:
        """The checkout that FINN lies in (the folder above ``src``), or the folder it is installed in."""
        home = Path(next(folder for folder in self.folders if (Path(folder) / _LANDMARK).is_dir())).parent
        return home.parent if home.name == "src" else home

    def version(self) -> str:
        """Its distribution's (``1.6.1``), or the commit of its checkout (``git 73ba5ed``), or nothing."""
        for distribution in _installed():
            if self._comes_from(distribution):
                return distribution.version
        commit = _commit(self.root / ".git")
        return f"git {commit[:7]}" if commit else ""

    def variables(self) -> dict[str, str]:
        """What the environment variables that some versions want would be for this installation."""
        return {"FINN_ROOT": str(self.root), "FINN_XSI": str(self.root / "finn_xsi")}

    def metadata(self) -> str:
        """The text of its distribution's metadata; empty for a checkout that is not installed."""
        return next((d.read_text("METADATA") or "" for d in _installed() if self._comes_from(d)), "")

    def _comes_from(self, distribution: Distribution) -> bool:
        place = str(distribution.locate_file("finn"))
        # The metadata of an editable installation lies elsewhere, and says in a file where the source is.
        return place in self.folders or str(self.root) in (distribution.read_text("direct_url.json") or "")


def find_installation() -> Installation | None:
    """The FINN that ``import finn`` would find; ``None`` where that finds nothing, or something else."""
    folders = locate("finn")
    return Installation(folders) if any((Path(folder) / _LANDMARK).is_dir() for folder in folders) else None


def missing_remedy() -> str:
    """What to do where no FINN is found, with a word on a package that merely has its name."""
    for distribution in _installed():
        if distribution.metadata["Name"].lower() == "finn":
            named = f"the installed finn {distribution.version} is an empty placeholder, not FINN"
            return f"{named}: pip uninstall finn; then {INSTALL}"
    return INSTALL


def _installed() -> Iterator[Distribution]:
    # A listing needs none of this, and importlib.metadata costs as much as the listing.
    from importlib.metadata import PackageNotFoundError, distribution

    for name in _DISTRIBUTIONS:
        try:
            yield distribution(name)
        except PackageNotFoundError:
            continue


def _commit(git: Path) -> str:
    try:
        head = (git / "HEAD").read_text("utf-8").strip()
        if not head.startswith("ref: "):
            return head
        reference = head.removeprefix("ref: ")
        loose = git / reference
        if loose.is_file():
            return loose.read_text("utf-8").strip()
        packed = (git / "packed-refs").read_text("utf-8").splitlines()
        return next((line.split()[0] for line in packed if line.endswith(f" {reference}")), "")
    except (OSError, UnicodeDecodeError):
        return ""
