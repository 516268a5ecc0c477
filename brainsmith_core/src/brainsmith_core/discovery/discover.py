# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""One discovery: every wanted pack asked in turn, the good ones kept whatever the bad ones do."""

from __future__ import annotations

from brainsmith_core.catalogue import Catalogue
from brainsmith_core.discovery.pack import Pack, PackFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from brainsmith_core.discovery.entry_points import PackRef
    from brainsmith_core.discovery.hook_manager import HookManager
    from brainsmith_core.frameworks import FrameworkAdapter
    from brainsmith_core.records import Record


class Discovery:
    """What one discovery found: packs in order, and all their records as one catalogue.

    A pack that an index knew is asked only when somebody wants its adapters or pluggy's hooks.
    """

    def __init__(
        self,
        packs: Sequence[Pack] | Callable[[], Sequence[Pack]],
        hooks: HookManager | None = None,
        catalogue: Catalogue | None = None,
        asked: Iterable[PackRef] = (),
    ) -> None:
        self._packs = packs
        self._hooks = hooks
        self._asked = set(asked)
        self.catalogue = catalogue or Catalogue.from_lines(_lines(self.packs))

    @property
    def packs(self) -> tuple[Pack, ...]:
        """Every pack that took part."""
        if not isinstance(self._packs, tuple):
            self._packs = tuple(self._packs() if callable(self._packs) else self._packs)
        return self._packs

    @property
    def hooks(self) -> HookManager:
        """pluggy's manager with every good pack registered."""
        return self._with_asked(self.packs)

    @property
    def adapters(self) -> tuple[FrameworkAdapter, ...]:
        """The framework adapters of all good packs."""
        self._with_asked([pack for pack in self.packs if pack.frameworks])
        return tuple(adapter for pack in self.packs for adapter in pack.adapters)

    def adapter(self, name: str) -> FrameworkAdapter | None:
        """The adapter of one framework, asking no pack but the one that brings it; ``None`` if none does."""
        suited = [pack for pack in self.packs if any(each.name == name for each in pack.frameworks)]
        if not suited:
            return None
        self._with_asked(suited)
        return next((each for pack in suited for each in pack.adapters if each.name == name), None)

    @property
    def records(self) -> tuple[Record, ...]:
        """The records of all good packs."""
        return tuple(record for pack in self.packs for record in pack.records)

    @property
    def failures(self) -> tuple[PackFailure, ...]:
        """The failures, in the order of packs."""
        return tuple(pack.failure for pack in self.packs if pack.failure)

    @property
    def warnings(self) -> tuple[tuple[Pack, str], ...]:
        """What is odd about packs that work."""
        return tuple((pack, warning) for pack in self.packs for warning in pack.warnings)

    def _with_asked(self, packs: Iterable[Pack]) -> HookManager:
        from brainsmith_core.discovery.collect import collect_adapters, new_hook_manager

        if self._hooks is None:
            self._hooks = new_hook_manager()
        for pack in packs:
            if pack.ref not in self._asked:
                self._asked.add(pack.ref)
                pack.adapters = collect_adapters(pack.ref, self._hooks)
        return self._hooks


def _lines(packs: Iterable[Pack]) -> Iterator[str]:
    """Every pack's records; those that a catalogue has already come in its order, which is quick to sort."""
    known: dict[Catalogue, list[tuple[str, str, str]]] = {}
    for pack in packs:
        if pack.catalogue is None:
            yield from pack.lines
        else:
            known.setdefault(pack.catalogue, []).append(pack.ref.owner)
    for catalogue, owners in known.items():
        yield from catalogue.lines_of_all(owners)


def discover(
    refs: Iterable[PackRef],
    *,
    frameworks: Sequence[str] | None = None,
    known: Mapping[PackRef, Pack] | None = None,
) -> Discovery:
    """Ask each pack what it has; a ``known`` one is taken as it is.

    With ``frameworks``, a pack that bridges a framework of another name is left out; packs that bridge
    none are not affected.
    """
    from brainsmith_core.discovery.collect import collect, new_hook_manager
    from brainsmith_core.discovery.lookups import Recorder
    from brainsmith_core.discovery.snapshot import snapshot

    hooks = new_hook_manager()
    packs = []
    asked = []
    with snapshot(), Recorder() as recorder:
        for ref in refs:
            pack = known.get(ref) if known else None
            if pack is None:
                pack = collect(ref, hooks, recorder)
                asked.append(ref)
            if frameworks is None or _wanted(pack, frameworks):
                packs.append(pack)
            elif hooks.has_plugin(ref.registration_name):
                hooks.unregister(name=ref.registration_name)
    mark_shared_sources(packs)
    return Discovery(packs, hooks, asked=asked)


def _wanted(pack: Pack, frameworks: Sequence[str]) -> bool:
    return not pack.frameworks or any(framework.name in frameworks for framework in pack.frameworks)


def mark_shared_sources(packs: Sequence[Pack]) -> None:
    """Two packs with one source name both stay, since neither may hide the other, and both are reported."""
    owners: dict[str, list[Pack]] = {}
    for pack in packs:
        owners.setdefault(pack.ref.source, []).append(pack)
    for source, sharing in owners.items():
        for pack in sharing if len(sharing) > 1 else ():
            others = ", ".join(
                f"{other.ref.distribution} {other.ref.version}" for other in sharing if other is not pack
            )
            if pack.failure is None:
                fact = f"the source name {source!r} is also claimed by {others}"
                remedy = (
                    f"pip uninstall {pack.ref.distribution}, or ask its authors for a source name of its own"
                )
                pack.failure = PackFailure(pack.ref, fact, remedy)
