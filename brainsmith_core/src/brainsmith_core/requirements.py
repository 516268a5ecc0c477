# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Requirements in pip's form (PEP 508), compared with the installed distributions; imports none of them."""

from __future__ import annotations

import importlib_metadata
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version


def parse(text: str) -> Requirement:
    """A requirement; raises ``ValueError`` with the reason, in one line, for a text of another form."""
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise ValueError(str(error).partition("\n")[0]) from None


def is_met(requirement: Requirement) -> bool:
    """Whether an installed distribution is what is required, or nothing is required in this environment.

    Pre-releases count as installed.
    """
    if requirement.marker and not requirement.marker.evaluate():
        return True
    installed = installed_version(requirement)
    if installed is None:
        return False
    try:
        return requirement.specifier.contains(Version(installed), prereleases=True)
    except InvalidVersion:
        return not requirement.specifier


def installed_version(requirement: Requirement) -> str | None:
    """The version of the required distribution that is installed; ``None`` if none is."""
    try:
        distribution = importlib_metadata.distribution(requirement.name)
    except importlib_metadata.PackageNotFoundError:
        return None
    # Asked for the version, the library parses all metadata with the package email, which takes its time.
    for line in (distribution.read_text("METADATA") or "").splitlines():
        if line.startswith("Version:"):
            return line.partition(":")[2].strip()
    return str(distribution.version)
