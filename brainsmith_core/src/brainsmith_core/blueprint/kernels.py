# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The kernels of a plan: each with its back ends in order, and the transforms that make its nodes."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from brainsmith_core.blueprint.blueprint import KernelChoice, Reference
from brainsmith_core.blueprint.plan import PlannedKernel
from brainsmith_core.blueprint.resolve import Problem, Resolver
from brainsmith_core.records import BackendRecord, KernelRecord, Record, TransformRecord
from brainsmith_core.registry import Registry

#: What a blueprint may wish for although no installed pack has it.
_LANGUAGES = {"hls", "rtl"}


def settle_kernels(choices: Iterable[KernelChoice], resolver: Resolver) -> list[PlannedKernel]:
    """Each kernel of a blueprint once, in its order; what is wrong is noted with the resolver."""
    settled: dict[str, PlannedKernel] = {}
    for choice in choices:
        found = resolver.resolve(choice.kernel)
        if found is None or not isinstance(found.record, KernelRecord):
            continue
        record = found.record
        if record.id in settled:
            fact = f"the kernel {record.qualified_name} is given twice"
            resolver.faults.add(choice.kernel.place, fact, "remove one of them")
            continue
        offered = offered_backends(record, resolver.registry)
        known_faults = len(resolver.faults)
        backends, missing = _backends(choice, record, offered, resolver)
        is_chosen = choice.backends is not None
        if len(resolver.faults) > known_faults:
            # As if nothing were chosen, so that nobody finds fault with what is left of the choice.
            backends, missing, is_chosen = tuple(offered), (), False
        settled[record.id] = PlannedKernel(
            record,
            backends=backends,
            missing_backends=missing,
            inference=_inference(record, resolver.registry),
            rule=found.rule,
            is_chosen=is_chosen,
            place=choice.kernel.place,
            offered=tuple(offered),
        )
    return list(settled.values())


def _backends(
    choice: KernelChoice, kernel: KernelRecord, offered: list[BackendRecord], resolver: Resolver
) -> tuple[tuple[BackendRecord, ...], tuple[str, ...]]:
    if choice.backends is None:
        return tuple(offered), ()
    chosen: dict[str, BackendRecord] = {}
    missing: list[str] = []
    for wanted in choice.backends:
        found = _matching(wanted, offered, kernel, resolver)
        if found is None:
            missing.append(wanted.name)
        else:
            chosen |= {record.id: record for record in found if record.id not in chosen}
    return tuple(chosen.values()), tuple(missing)


def _matching(
    wanted: Reference, offered: list[BackendRecord], kernel: KernelRecord, resolver: Resolver
) -> list[BackendRecord] | None:
    """The offered back ends of a language or a name; ``None`` for those that are to be shown as missing."""
    word = wanted.name.rpartition(":")[2]
    from_source = [record for record in offered if wanted.source in ("", record.source)]
    found = [record for record in from_source if record.language == word.lower()]
    found = found or [record for record in from_source if record.name == word]
    if found:
        return found
    others = [
        record
        for record in resolver.registry.candidates("backend", wanted.name)
        if isinstance(record, BackendRecord)
        and not _serves(record, [record.kernel], kernel, resolver.registry)
    ]
    if others:
        fact = f"{wanted.name!r} is a back end of {others[0].kernel or 'no kernel'}, not of {kernel.name}"
        names = ", ".join(record.name for record in offered)
        remedy = (
            f"{kernel.name} has {names}" if names else f"no installed pack has a back end of {kernel.name}"
        )
        resolver.faults.add(wanted.place, fact, remedy)
        return []
    failure = resolver.failure(wanted.source)
    if failure is not None:
        resolver.note(wanted, Problem(f"{wanted.name!r}: {failure.fact}", failure.remedy))
        return []
    if wanted.optional:
        fact = f"no installed pack has a back end {wanted.name!r} of {kernel.name}"
        resolver.note(wanted, Problem(fact, ""))
        return []
    if offered and not _may_be_missing(wanted, word, resolver.registry):
        fact = f"{kernel.qualified_name} has no back end {wanted.name}"
        resolver.faults.add(wanted.place, fact, _closest(wanted, word, from_source, offered))
        return []
    return None


def _may_be_missing(wanted: Reference, word: str, registry: Registry) -> bool:
    """Whether a back end that the kernel does not have is one somewhere: a language, or one not for here."""
    languages = {record.language for record in registry.find("backend") if isinstance(record, BackendRecord)}
    return word.lower() in _LANGUAGES | languages or bool(registry.candidates("backend", wanted.name))


def _closest(
    wanted: Reference, word: str, from_source: list[BackendRecord], offered: list[BackendRecord]
) -> str:
    names = {name.casefold(): name for record in from_source for name in (record.language, record.name)}
    near = get_close_matches(word.casefold(), names, n=1)
    if near:
        source = f"{wanted.source}:" if wanted.source else ""
        return f"did you mean {source + names[near[0]]!r}?"
    return f"there are {', '.join(f'{record.name} ({record.language})' for record in offered)}"


def offered_backends(kernel: KernelRecord, registry: Registry) -> list[BackendRecord]:
    """The kernel's back ends that can be loaded here, those of its own pack first."""
    offered = [
        record
        for record in registry.find("backend", registered=True, available=True)
        if isinstance(record, BackendRecord) and _serves(record, [record.kernel], kernel, registry)
    ]
    return sorted(offered, key=lambda record: record.source != kernel.source)


def _inference(kernel: KernelRecord, registry: Registry) -> tuple[TransformRecord, ...]:
    makers = [
        record
        for record in registry.find("transform", registered=True, available=True)
        if isinstance(record, TransformRecord)
        and not record.required_parameters
        and _serves(record, record.creates, kernel, registry)
    ]
    own = tuple(record for record in makers if record.source == kernel.source)
    return own or tuple(makers)


def _serves(record: Record, kernels: Iterable[str], kernel: KernelRecord, registry: Registry) -> bool:
    """Whether a back end or transform that names ``kernels`` means this one.

    A bare name means the kernel of the record's own pack if that has one, any other kernel otherwise.
    """
    named = [text.rpartition(":") for text in kernels]
    sources = {source for source, _, name in named if name == kernel.name}
    if "" in sources and record.source != kernel.source:
        own = registry.candidates("kernel", f"{record.source}:{kernel.name}")
        return not own or kernel.source in sources
    return "" in sources or kernel.source in sources
