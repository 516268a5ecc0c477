# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The choice of back ends: a blueprint's order of preference, FINN's own rules, and what came of them."""

from __future__ import annotations

import copy
import inspect
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from qonnx.custom_op.registry import getCustomOp

from brainsmith_core.blueprint.plan import PlannedKernel

_DOMAIN = "finn.custom_op.fpgadataflow"
_STYLE = "preferred_impl_style"
_LOGGER = "finn_logger"


@dataclass
class NodeBackend:
    """The back end of one node: what was wanted and possible, what FINN took, and why."""

    node: str
    kernel: str
    backend: str
    wanted: Sequence[str]
    possible: Sequence[str]
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """The choice as JSON can hold it."""
        return asdict(self)


def prefer(model: Any, kernels: Sequence[PlannedKernel], part: str) -> dict[str, NodeBackend]:
    """Set each node's preferred style to the first back end of its kernel's that FINN allows for the part.

    Gives the choices by the node's first output. A node whose kernel the blueprint does not name, or of
    which it leaves the back ends open, is FINN's to decide.
    """
    wishes = {
        kernel.record.op_type or kernel.record.name: [backend.language for backend in kernel.backends]
        for kernel in kernels
        if kernel.is_chosen
    }
    choices = {}
    for node in model.graph.node:
        if node.domain == _DOMAIN:
            choice = _choice(node, model, part, wishes.get(node.op_type, []))
            if choice.wanted:
                getCustomOp(node).set_nodeattr(_STYLE, choice.backend)
            choices[node.output[0]] = choice
    return choices


def _choice(node: Any, model: Any, part: str, wanted: Sequence[str]) -> NodeBackend:
    answers = {style: _answer(node, model, part, style) for style in _variants(node.op_type)}
    possible = [style for style, (got, _) in answers.items() if got == style]
    refused = {style: words for style, (got, words) in answers.items() if got != style}
    if not wanted:
        backend = _answer(node, model, part, "")[0]
        return NodeBackend(
            node.name, node.op_type, backend, (), possible, _default(backend, possible, refused)
        )
    backend = next((style for style in wanted if style in possible), wanted[0])
    earlier = wanted[: wanted.index(backend)] if backend in possible else wanted
    reasons = [_refusal(style, refused.get(style, "")) for style in earlier]
    if backend in possible:
        first = "the blueprint's first choice" if not earlier else "the blueprint's next choice"
        reasons.insert(0, first)
    return NodeBackend(node.name, node.op_type, backend, list(wanted), possible, "; ".join(reasons))


def _default(backend: str, possible: Sequence[str], refused: Mapping[str, str]) -> str:
    others = [style for style in (*possible, *refused) if style != backend]
    if not others:
        return "the only back end there is"
    words = [
        f"{style} is possible" if style in possible else _refusal(style, refused[style]) for style in others
    ]
    return "; ".join(["FINN's default for this node", *words])


def _refusal(style: str, words: str) -> str:
    return f"{style} is not possible, and FINN says: {words}" if words else f"{style} is not possible"


def _variants(op_type: str) -> Iterator[str]:
    from finn.custom_op.fpgadataflow.hls import custom_op as hls
    from finn.custom_op.fpgadataflow.rtl import custom_op as rtl

    for style, known in (("hls", hls), ("rtl", rtl)):
        if f"{op_type}_{style}" in known:
            yield style


def _answer(node: Any, model: Any, part: str, style: str) -> tuple[str, str]:
    """What FINN gives a node that prefers a style, and what it says of that; nothing if it refuses."""
    from finn.transformation.fpgadataflow import specialize_layers

    determine = getattr(specialize_layers, "_determine_impl_style", None)
    if determine is None or _STYLE not in getCustomOp(node).get_nodeattr_types():
        return style, ""
    tried = copy.deepcopy(node)
    getCustomOp(tried).set_nodeattr(_STYLE, style)
    words: list[str] = []
    try:
        with _overheard(words):
            given = [tried, part, model][: len(inspect.signature(determine).parameters)]
            found = str(determine(*given))
    except Exception as error:
        return "", " ".join(str(error).split())
    return found, " ".join(words)


@contextmanager
def _overheard(words: list[str]) -> Iterator[None]:
    """Keep what FINN warns of, by logging or by ``warnings``, instead of having it shown."""
    logger = logging.getLogger(_LOGGER)

    def keep(record: logging.LogRecord) -> bool:
        words.append(" ".join(record.getMessage().split()))
        return False

    logger.addFilter(keep)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        words += [" ".join(str(warning.message).split()) for warning in caught]
    finally:
        logger.removeFilter(keep)


def settled(model: Any, choices: Mapping[str, NodeBackend]) -> list[NodeBackend]:
    """The choices as the specialised model has them: names, and where FINN did otherwise than asked."""
    found = []
    for node in model.graph.node:
        base, _, style = node.op_type.rpartition("_")
        if not node.domain.startswith(f"{_DOMAIN}."):
            continue
        choice = choices.get(node.output[0]) or NodeBackend(node.name, base, style, (), (), "made by FINN so")
        reason = choice.reason
        if style != choice.backend:
            taken = f"FINN took {style} all the same"
            reason = f"{reason}; {taken}" if choice.backend not in choice.possible else taken
        found.append(NodeBackend(node.name, base, style, choice.wanted, choice.possible, reason))
    return found
