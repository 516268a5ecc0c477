# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Availability: whether what a pack's records require is installed."""

from __future__ import annotations

from copy import copy

from brainsmith_core.discovery.asking import Fault
from brainsmith_core.requirements import installed_version, is_met, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.requirements import Requirement

    from brainsmith_core.records import Record


def with_availability(records: Iterable[Record]) -> tuple[Record, ...]:
    """The records, those that require what is not installed with what is missing and how to install it.

    What a pack says itself is believed. Raises ``Fault`` for a text that is no requirement.
    """
    answers: dict[tuple[str, ...], dict[str, str]] = {}
    found = []
    for record in records:
        if record.requires and not record.unavailable:
            # The plugins of a pack mostly require the same.
            if record.requires not in answers:
                answers[record.requires] = _missing(record)
            words = answers[record.requires]
            found.append(record.replace(**words) if words else record)
        else:
            found.append(record)
    return tuple(found)


def _missing(record: Record) -> dict[str, str]:
    unmet = [each for each in (_parsed(text, record) for text in record.requires) if not is_met(each)]
    if not unmet:
        return {}
    needed = [_without_marker(requirement) for requirement in unmet]
    return {
        "unavailable": "; ".join(map(_fact, needed)),
        "remedy": "pip install " + " ".join(f'"{requirement}"' for requirement in needed),
    }


def _parsed(text: str, record: Record) -> Requirement:
    try:
        return parse(text)
    except ValueError as error:
        fact = f"{record.type} {record.name!r} requires {text!r}, which is no requirement (PEP 508): {error}"
        raise Fault(fact) from None


def _without_marker(requirement: Requirement) -> Requirement:
    """What is required here, where the marker applies."""
    needed = copy(requirement)
    needed.marker = None
    return needed


def _fact(requirement: Requirement) -> str:
    installed = installed_version(requirement)
    if installed is None:
        return f"{requirement} is not installed"
    return f"{requirement.name} {installed} is installed, {requirement} is needed"
