# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The chain of files that a blueprint extends, merged into one.

A mapping given in the nearer file is merged into the farther one's key by key; a list or a single value
given in the nearer file replaces the farther one's whole. Every value keeps the place where it is said.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any

from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.blueprint.structure import check_structure
from brainsmith_core.blueprint.variables import Variables
from brainsmith_core.yaml_document import Place, YamlDocument, YamlFault, read


class Layers:
    """A blueprint's documents, nearest first, and ``data``, what they say together.

    ``complete`` is false where a file that one of them extends could not be read.
    """

    def __init__(self, documents: tuple[YamlDocument, ...], *, complete: bool) -> None:
        self.documents = documents
        self.complete = complete
        self.data: dict[str, Any] = {}
        for document in reversed(documents):
            if isinstance(document.data, dict):
                self.data = _merge(document.data, self.data)

    def locate(self, *keys: str | int) -> Place:
        """The place of a value in the nearest file that says it."""
        to_list = next((i for i, key in enumerate(keys) if isinstance(key, int)), len(keys))
        for document in self.documents:
            if document.has(*keys[:to_list]):
                return document.locate(*keys)
        return self.documents[0].locate(*keys)


def _merge(near: Any, far: Any) -> Any:
    if not (isinstance(near, dict) and isinstance(far, dict)):
        return near
    return {**far, **{key: _merge(value, far[key]) if key in far else value for key, value in near.items()}}


def read_layers(
    document: YamlDocument,
    *,
    variables: Variables,
    faults: Faults,
    frameworks: Collection[str] | None = None,
) -> Layers:
    """Check a document and every file up its chain of ``extends``, noting what is wrong with each."""
    documents: list[YamlDocument] = []
    following: YamlDocument | None = document
    while following is not None:
        documents.append(following)
        faults.extend((fault.at, fault) for fault in following.faults)
        check_structure(following, faults, frameworks=frameworks)
        if not following.has("extends"):
            return Layers(tuple(documents), complete=True)
        following = _parent(documents, variables, faults)
    return Layers(tuple(documents), complete=False)


def _parent(documents: list[YamlDocument], variables: Variables, faults: Faults) -> YamlDocument | None:
    child = documents[-1]
    at = child.locate("extends")
    stated = child.data["extends"]
    before = len(faults)
    name = variables.text(stated, at) if isinstance(stated, str) else ""
    if not name or len(faults) > before:
        return None
    path = child.path.parent / name
    try:
        parent = read(path)
    except YamlFault as fault:
        if fault.at.line:
            faults.extend([(fault.at, fault)])
        else:
            remedy = f"{fault.remedy}; it is taken relative to {child.path.parent.absolute()}"
            faults.add(at, f"cannot extend {name!r}: {fault.fact}", remedy)
        return None
    chain = [os.path.realpath(document.path) for document in documents]
    if os.path.realpath(path) in chain:
        names = " > ".join([str(document.path) for document in documents] + [str(path)])
        faults.add(at, f"the blueprint extends itself: {names}", "remove one of these 'extends'")
        return None
    return parent
