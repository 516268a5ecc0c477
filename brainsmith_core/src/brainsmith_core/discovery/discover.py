# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""One discovery: every wanted pack asked in turn, the good ones kept whatever the bad ones do."""

from __future__ import annotations

from brainsmith_core.discovery.collect import collect, new_hook_manager
from brainsmith_core.discovery.pack import PackFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pluggy

    from brainsmith_core.discovery.entry_points import PackRef
    from brainsmith_core.discovery.pack import Pack
    from brainsmith_core.frameworks import FrameworkAdapter
    from brainsmith_core.records import Record


class Discovery:
    """What one discovery found: packs in order, and pluggy's manager with the good ones registered."""

    def __init__(self, packs: Sequence[Pack], hooks: pluggy.PluginManager) -> None:
        self.packs = tuple(packs)
        self.hooks = hooks

    @property
    def records(self) -> tuple[Record, ...]:
        """The records of all good packs."""
        return tuple(record for pack in self.packs for record in pack.records)

    @property
    def adapters(self) -> tuple[FrameworkAdapter, ...]:
        """The framework adapters of all good packs."""
        return tuple(adapter for pack in self.packs for adapter in pack.adapters)

    @property
    def failures(self) -> tuple[PackFailure, ...]:
        """The failures, in the order of packs."""
        return tuple(pack.failure for pack in self.packs if pack.failure)

    @property
    def warnings(self) -> tuple[tuple[Pack, str], ...]:
        """What is odd about packs that work."""
        return tuple((pack, warning) for pack in self.packs for warning in pack.warnings)


def discover(refs: Iterable[PackRef], *, frameworks: Sequence[str] | None = None) -> Discovery:
    """Ask each pack what it has.

    With ``frameworks``, a pack that bridges a framework of another name is left out; packs that bridge
    none are not affected.
    """
    hooks = new_hook_manager()
    packs = []
    for ref in refs:
        pack = collect(ref, hooks)
        if frameworks is not None and not _wanted(pack, frameworks):
            hooks.unregister(name=ref.registration_name)
            continue
        packs.append(pack)
    _mark_shared_sources(packs)
    return Discovery(packs, hooks)


def _wanted(pack: Pack, frameworks: Sequence[str]) -> bool:
    return not pack.adapters or any(adapter.name in frameworks for adapter in pack.adapters)


def _mark_shared_sources(packs: Sequence[Pack]) -> None:
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
                pack.failure = PackFailure(
                    pack.ref,
                    f"the source name {source!r} is also claimed by {others}",
                    f"pip uninstall {pack.ref.distribution}, or ask its authors for a source name of its own",
                )
