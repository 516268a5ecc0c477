# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The preflight: what a framework knows of a build before its first step runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

#: What becomes of a node. ``constant`` is worked out while the model is built, ``open`` cannot be known yet.
Fate = Literal["hardware", "host", "constant", "open"]


@dataclass(frozen=True)
class NodeOutlook:
    """What will become of one node of the given model.

    ``kernel`` and ``backends`` name the hardware, the latter as far as they are known; ``reason`` says in a
    sentence why the node has this fate.
    """

    node: str
    op_type: str
    fate: Fate
    kernel: str = ""
    backends: tuple[str, ...] = ()
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The outlook as JSON can hold it."""
        return {**vars(self), "backends": list(self.backends)}


@dataclass(frozen=True)
class PreflightFault:
    """Why a build must fail: fact and remedy, and the names of the nodes that it is about."""

    fact: str
    remedy: str
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preflight:
    """What a framework found out of a model and a plan: its nodes in order, what must fail, what to know."""

    nodes: Sequence[NodeOutlook] = ()
    faults: Sequence[PreflightFault] = ()
    notes: Sequence[str] = ()
