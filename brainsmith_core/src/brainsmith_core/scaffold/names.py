# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The names of a new pack: one is given, the others follow from it."""

from __future__ import annotations

import keyword
import re
import sys
from dataclasses import dataclass
from importlib.metadata import distributions, packages_distributions

from brainsmith_core.discovery.entry_points import installed_packs
from brainsmith_core.discovery.locate import is_importable
from brainsmith_core.errors import DeclarationError

#: A distribution's name as the packaging specifications allow it, https://packaging.python.org.
_DISTRIBUTION = re.compile(r"[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
_KERNEL = re.compile(r"[A-Z][A-Za-z0-9]*")
_ENDINGS = ("-kernels", "-kernel", "-pack")


@dataclass(frozen=True)
class PackNames:
    """``acme-kernels`` is installed, ``acme_kernels`` imported, ``acme:Scale`` used, ``scale`` its folder."""

    distribution: str
    package: str
    source: str
    kernel: str
    folder: str


def pack_names(distribution: str, kernel: str, source: str = "") -> PackNames:
    """The names of a pack with one kernel.

    ``source`` is by default the distribution's name in lower case, with underscores, without ``-kernels``,
    ``-kernel`` or ``-pack`` at its end.
    Raises ``DeclarationError`` for a name that cannot be installed, imported or told from another's.
    """
    if not _DISTRIBUTION.fullmatch(distribution):
        raise _error(f"{distribution!r} is no name of a distribution", "use letters, digits and hyphens")
    normalised = re.sub(r"[-_.]+", "-", distribution).lower()
    package = normalised.replace("-", "_")
    _check_package(package, normalised)
    if not _KERNEL.fullmatch(kernel) or keyword.iskeyword(kernel):
        raise _error(f"{kernel!r} is no name of a kernel", "write it as a class: --kernel Scale")
    source = source.lower() or _without_ending(normalised).replace("-", "_")
    if not source.isidentifier():
        raise _error(f"{source!r} is no source name", "use letters, digits and underscores in --source")
    for ref in installed_packs():
        if ref.source.lower() == source and ref.distribution != normalised:
            fact = f"the source name {source!r} belongs to the installed pack {ref.distribution}"
            raise _error(fact, "choose another with --source")
    folder = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", kernel).lower()
    if keyword.iskeyword(folder) or folder == "hooks":
        raise _error(f"the folder {folder!r} of the kernel cannot be imported", "choose another --kernel")
    return PackNames(normalised, package, source, kernel, folder)


def _check_package(package: str, distribution: str) -> None:
    if not package.isidentifier() or keyword.iskeyword(package):
        raise _error(f"{package!r} cannot be imported", "begin with a letter, and use no keyword of Python")
    if package in sys.stdlib_module_names or is_importable(package):
        remedy = f"choose another name, {_removal(package, distribution)}"
        raise _error(f"a package {package!r} is installed already", remedy)


def _removal(package: str, distribution: str) -> str:
    if package in sys.stdlib_module_names:
        return "since it is Python's own"
    # What is installed in editable mode may not say which packages it has.
    owners = [distribution, *packages_distributions().get(package, ())]
    found = [name for name in owners if next(iter(distributions(name=name)), None)]
    return f"or uninstall it: pip uninstall {found[0]}" if found else "since no installed distribution has it"


def _without_ending(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def _error(fact: str, remedy: str) -> DeclarationError:
    return DeclarationError(fact, remedy=remedy)
