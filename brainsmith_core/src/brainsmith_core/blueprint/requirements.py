# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The distributions that a blueprint requires, compared with those installed; imports none of them."""

from __future__ import annotations

from brainsmith_core.blueprint.blueprint import Blueprint, RequiredDistribution
from brainsmith_core.blueprint.faults import Faults, LocatedFault
from brainsmith_core.requirements import installed_version, is_met, parse
from brainsmith_core.yaml_document import Place


def parse_requirement(text: str, at: Place, faults: Faults) -> RequiredDistribution | None:
    """A requirement in pip's form (PEP 508); ``None``, with a fault noted, for a text of another form."""
    try:
        return RequiredDistribution(parse(text), at)
    except ValueError as error:
        remedy = "write it as for pip, such as 'brainsmith-kernels>=0.1,<1'"
        faults.add(at, f"{text!r} is not a requirement: {error}", remedy)
        return None


def check_requirements(blueprint: Blueprint) -> None:
    """Raise ``BlueprintError`` if a requirement is not met, with the faults of the blueprint's text as well.

    Reads package metadata only, so it can answer where discovery failed; nothing where all are met.
    """
    found = unmet(blueprint)
    if found:
        Faults([*blueprint.faults, *found]).raise_any(blueprint.file)


def unmet(blueprint: Blueprint) -> list[LocatedFault]:
    """A fault for each requirement that no installed distribution meets; pre-releases count as installed."""
    faults = Faults()
    for required in blueprint.requires:
        requirement = required.requirement
        if not is_met(requirement):
            installed = installed_version(requirement)
            found = f"{requirement.name} {'is not' if installed is None else f'{installed} is'} installed"
            fact = f"the blueprint requires {requirement}, and {found}"
            faults.add(required.place, fact, f'pip install "{requirement}"')
    return list(faults)
