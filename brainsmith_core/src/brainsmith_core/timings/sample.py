# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Sample: few plugins that show what all of them cost, since those of one package load alike."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from brainsmith_core.records import Record


def sample(records: Iterable[Record]) -> list[Record]:
    """One plugin of each type, source and package of modules: the first by module that can be loaded here."""
    chosen: dict[tuple[str, str, str], Record] = {}
    for record in sorted(records, key=lambda record: (record.source, record.module, record.name)):
        if record.module and record.available and record.registered:
            chosen.setdefault((record.source, _package(record), record.type), record)
    return list(chosen.values())


def _package(record: Record) -> str:
    return record.module.rpartition(".")[0] or record.module
