# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Hints: what to do about a name that nothing installed here has."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from brainsmith_core.discovery.discover import Discovery
    from brainsmith_core.frameworks import FrameworkAdapter


class Hints:
    """Remedies for names that a discovery did not find."""

    __slots__ = ("_find",)

    def __init__(self, discovery: Callable[[], Discovery]) -> None:
        self._find = discovery

    @property
    def _discovery(self) -> Discovery:
        return self._find()

    def __call__(self, type: str, reference: str) -> str:
        """What the discovery and the known packs suggest about a reference; empty if nothing."""
        source, _, name = reference.rpartition(":")
        # ``tfm.acme`` asks for the name 'acme', which may be a source as well.
        for wanted in filter(None, (source, name)):
            hint = self._of_source(wanted)
            if hint:
                return hint
        if not source:
            return self._of_name(type, name)
        return ""

    def absence(self, type: str, source: str) -> tuple[str, str]:
        """Why an installed source gives nothing of a type, as fact and remedy; both empty for others."""
        for failure in self._discovery.failures:
            if failure.source == source:
                fact = f"the pack {source!r} of {failure.owner} could not be loaded: {failure.reason}"
                return fact, failure.remedy
        for adapter in self._discovery.adapters:
            remedy = _missing_framework(adapter) if adapter.name == source else ""
            if remedy:
                return f"the framework {source!r} is not installed, so its bridge gives no {type}", remedy
        for pack in self._discovery.packs:
            if pack.ref.source == source:
                owner = f"{pack.ref.distribution} {pack.ref.version}".strip()
                return f"the pack {source!r} of {owner} gives no {type}", ""
        if _is_left_out(source):
            remedy = f"add {source!r} to plugin_system.frameworks in .brainsmith/config.yaml"
            return f"the pack {source!r} is installed, but left out", remedy
        return "", ""

    def _of_source(self, source: str) -> str:
        from brainsmith_core import known_packs

        for failure in self._discovery.failures:
            if failure.source == source:
                return f"{failure}; {failure.remedy}"
        for adapter in self._discovery.adapters:
            if adapter.name == source:
                return _missing_framework(adapter)
        installed = {pack.ref.source for pack in self._discovery.packs}
        distribution = known_packs.distribution_of(source)
        if source in installed or not distribution:
            return ""
        if _is_left_out(source):
            return f"add {source!r} to plugin_system.frameworks in .brainsmith/config.yaml"
        return f"pip install {distribution}"

    def _of_name(self, type: str, name: str) -> str:
        from brainsmith_core import known_packs

        installed = {pack.ref.source for pack in self._discovery.packs if not pack.failure}
        lines = [
            f"pip install {distribution}"
            for source, distribution in known_packs.providers(type, name)
            if source not in installed and not _is_left_out(source)
        ]
        if lines:
            return " or ".join(lines)
        if self._discovery.failures:
            owners = ", ".join(failure.owner for failure in self._discovery.failures)
            return f"or a pack that failed to load has it ({owners}): see brainsmith packs list"
        return ""


def _is_left_out(source: str) -> bool:
    """Whether a pack is installed, though the discovery does not have it: the configuration leaves it out."""
    from brainsmith_core.discovery import entry_points

    return any(ref.source == source for ref in entry_points.installed_packs())


def _missing_framework(adapter: FrameworkAdapter) -> str:
    try:
        return "" if adapter.is_available() else adapter.get_metadata().get("remedy", "")
    except Exception as error:
        from brainsmith_core.loading import describe

        return f"the adapter {adapter.name!r} cannot say what is missing: {describe(error)}"
