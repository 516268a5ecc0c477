# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The installed packs, as references read from package metadata; nothing of them is imported."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    #: What lies in each folder of the search path, by name; nothing for an entry that is no folder.
    Listing: TypeAlias = dict[str, list[str]]

#: The entry-point group through which every pack enters.
GROUP = "brainsmith"
_SECTION = f"[{GROUP}]".encode()
#: More than most such files have, in bytes, so that one look at them is enough.
_READ = 1 << 14

#: Finders of distributions whose answer a look into the folders of ``sys.path`` gives as well.
_USUAL_FINDERS = ("_frozen_importlib_external", "importlib_metadata")


class PackRef:
    """An entry point of the group ``brainsmith``: who offers it, under which source name, and where.

    ``location`` is the folder of the distribution's metadata, empty if it is not an ordinary folder.
    """

    __slots__ = ("distribution", "location", "source", "value", "version")

    def __init__(
        self, *, distribution: str, version: str, source: str, value: str, location: str = ""
    ) -> None:
        self.distribution = distribution
        self.version = version
        self.source = source
        self.value = value
        self.location = location

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What two references share only if they are the same."""
        return (self.source, self.distribution, self.version, self.value)

    @property
    def owner(self) -> tuple[str, str, str]:
        """What is stamped on each record: source, distribution and its version."""
        return (self.source, self.distribution, self.version)

    @property
    def registration_name(self) -> str:
        """The name under which pluggy knows the pack, unique even if two packs share a source name."""
        return f"{self.distribution}:{self.source}={self.value}"

    @property
    def module(self) -> str:
        """The hook module, or the module that has the hook object."""
        return self.value.partition(":")[0].partition("[")[0].strip()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PackRef) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"PackRef({self.distribution} {self.version}: {self.source} = {self.value})"


def listing() -> Listing:
    """What lies in the folders of the search path now; one discovery looks once, at thousands of names."""
    found: Listing = {}
    for folder in sys.path:
        with suppress(OSError):
            found[folder] = os.listdir(folder or ".")  # noqa: PTH208
    return found


def installed_packs(listed: Listing | None = None) -> tuple[PackRef, ...]:
    """Every entry point of the group, in the order of source name, then distribution.

    A distribution found twice on ``sys.path`` counts where it is found first, as it does for ``import``.
    One whose metadata cannot be read is passed over: it cannot say that it is a pack.
    """
    references = _from_folders(listed or listing()) if is_ordinary() else _from_metadata()
    return tuple(sorted(set(references), key=lambda ref: ref.key))


def is_ordinary() -> bool:
    """Whether all distributions are in plain folders, so that looking into those finds every one.

    Not so with eggs and zip files on ``sys.path``, or with a finder of its own in ``sys.meta_path``.
    """
    for finder in sys.meta_path:
        if hasattr(finder, "find_distributions"):
            home = getattr(finder, "__module__", type(finder).__module__)
            if home.partition(".")[0] not in _USUAL_FINDERS:
                return False
    return not any(entry.endswith(".egg") or os.path.isfile(entry) for entry in sys.path)  # noqa: PTH113


def _from_folders(listed: Listing) -> Iterator[PackRef]:
    seen: set[str] = set()
    for folder, names in listed.items():
        found, prefix = {}, os.path.join(folder, "")  # noqa: PTH118
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                found[name] = _normalised(name.rpartition(".")[0].partition("-")[0])
        for name, normalised in found.items():
            if normalised not in seen:
                yield from _references(prefix + name)
        seen.update(found.values())


def _references(location: str) -> Iterator[PackRef]:
    content = _read(f"{location}/entry_points.txt")
    if _SECTION not in content:
        return
    text = _text(content)
    headers = _text(_read(f"{location}/METADATA")) or _text(_read(f"{location}/PKG-INFO"))
    distribution = _normalised(_header(headers, "Name"))
    if not distribution:
        return
    for source, value in _pairs(text):
        yield PackRef(
            distribution=distribution,
            version=_header(headers, "Version"),
            source=source,
            value=value,
            location=location,
        )


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    section = ""
    # What stands before the group is passed over at once: there may be thousands of other entry points. So is
    # what follows it, unless the group may be there again.
    start = text.rfind("\n", 0, text.find(f"[{GROUP}]")) + 1
    end = text.find("\n[", start)
    if end < 0 or GROUP in text[end:]:
        end = len(text)
    for line in map(str.strip, text[start:end].splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif line and section == GROUP and not line.startswith("#"):
            name, equals, value = line.partition("=")
            if equals:
                yield name.strip(), value.strip()


def _header(headers: str, name: str) -> str:
    start = headers.find(f"\n{name}:")
    if start < 0:
        return ""
    return headers[start + len(name) + 2 : headers.find("\n", start + 1)].strip()


def _text(content: bytes) -> str:
    try:
        return "\n" + content.decode("utf-8") if content else ""
    except ValueError:
        return ""


def _read(path: str) -> bytes:
    # Without the layers of open(): most distributions have no such file, and there may be thousands.
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError):
        return b""
    try:
        content = part = os.read(descriptor, _READ)
        while len(part) == _READ:
            part = os.read(descriptor, _READ)
            content += part
        return content
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _normalised(name: str) -> str:
    # PEP 503, without the regular expression, whose module would be imported for this alone.
    name = name.lower().replace("_", "-").replace(".", "-")
    return "-".join(filter(None, name.split("-"))) if "-" in name else name


def _from_metadata() -> Iterator[PackRef]:
    import importlib_metadata

    seen: set[str] = set()
    for distribution in importlib_metadata.distributions():
        try:
            name, version = distribution.metadata["Name"], distribution.version
            entry_points = list(distribution.entry_points)
        except Exception:  # whatever a damaged distribution raises, it must not hide the others
            continue
        normalised = _normalised(str(name or ""))
        if not normalised or normalised in seen:
            continue
        seen.add(normalised)
        for entry_point in entry_points:
            if entry_point.group == GROUP:
                yield PackRef(
                    distribution=normalised,
                    version=str(version or ""),
                    source=entry_point.name,
                    value=entry_point.value,
                )
