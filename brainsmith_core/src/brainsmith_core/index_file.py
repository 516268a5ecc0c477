# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The index file: what the last discovery found, and whether everything that it rests on is as it was.

A file of plain lines, in three parts with a sum of each in the first line: the stamps and names, the records,
and the packs. Reading it runs no code and can fail only by giving nothing. Every start of every tool imports
this module, so it imports nothing but what any interpreter has loaded.
"""

import _imp
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

#: Changes whenever the meaning of a line does.
SCHEMA = "brainsmith index 5"
#: The key of the index that has every pack of every framework.
EVERYTHING = "everything"
#: Stands between the parts of a stamp that has several; tabs stand between cells.
SEPARATOR = "\x1e"
#: Ends each part of a cell that holds several.
PART_END = "\x1f"
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), (PART_END, "\\u"))
#: Ends the first part of the file, and the stamps in it.
END = "\n\n"
#: The length in bytes of the first line, which is filled up with blanks: each part is one exact read.
_SEAL = 128
#: Sets our sums apart from those of bytecode.
_KEY = int.from_bytes(b"brainsmi", "little")


def file_stamp(path: str) -> str:
    """Inode, size, and times of modification and change in nanoseconds; empty if there is no file.

    The time of change cannot be set back, so an edit is noticed even if it keeps size and modification time.
    """
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return ""
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def files_stamp(paths: str) -> str:
    """The stamps of several files: how all their paths begin and how each goes on, ``SEPARATOR`` between."""
    start, *names = paths.split(SEPARATOR)
    paths_of_all = [start + name for name in names]
    try:
        # As file_stamp writes them; a call for each of thousands takes its time.
        return SEPARATOR.join(
            [f"{has[1]} {has[6]} {has.st_mtime_ns} {has.st_ctime_ns}" for has in map(os.stat, paths_of_all)]
        )
    except (OSError, ValueError):
        return SEPARATOR.join(map(file_stamp, paths_of_all))


def folder_stamp(path: str) -> str:
    """Inode and time of change of a folder: differ when an entry comes or goes."""
    try:
        status = os.stat(path or ".")  # noqa: PTH116
    except (OSError, ValueError):
        return ""
    return f"{status.st_ino} {status.st_ctime_ns}"


def names_stamp(folder: str) -> str:
    """What lies in a folder, hidden files aside; unlike its times, the same when bytecode is written."""
    try:
        names = os.listdir(folder)  # noqa: PTH208
    except (OSError, ValueError):
        return ""
    return "/".join(sorted(filter(is_shown, names)))


def is_shown(name: str) -> bool:
    """Whether a name in a package's folder counts: bytecode and hidden files come and go by themselves."""
    return name != "__pycache__" and not name.startswith(".")


def variable_stamp(name: str) -> str:
    """The value of an environment variable, told apart from one that is not set."""
    value = os.environ.get(name)
    return "unset" if value is None else f"={value}"


def variables_stamp(_: str = "") -> str:
    """The names of all environment variables."""
    return SEPARATOR.join(sorted(os.environ))


def working_folder_stamp(_: str = "") -> str:
    """The path of the working directory; empty if it was removed."""
    try:
        return os.getcwd()  # noqa: PTH109
    except OSError:
        return ""


def environment_stamp(_: str = "") -> str:
    """The interpreter, its environment and its search path."""
    relative = any(not os.path.isabs(entry) for entry in sys.path)  # noqa: PTH117
    here = working_folder_stamp() if relative else ""
    cells = (sys.executable, sys.prefix, hex(sys.hexversion), str(sys.implementation.cache_tag), here)
    return SEPARATOR.join((*cells, *sys.path))


#: How to take each kind of stamp.
READERS: "dict[str, Callable[[str], str]]" = {
    "environment": environment_stamp,
    "folder": folder_stamp,
    "file": file_stamp,
    "files": files_stamp,
    "names": names_stamp,
    "variable": variable_stamp,
    "variables": variables_stamp,
    "here": working_folder_stamp,
}
#: The kinds that say what is installed where.
SITE = ("environment", "folder")


class IndexFile:
    """An index file as it was read.

    ``lines`` are stamps and frameworks, ``header`` and ``body`` the catalogue, ``packs`` what a discovery has
    beside it; without ``body`` it tells the names only. Raises ``ValueError`` for a head that has no end.
    """

    __slots__ = ("_names", "body", "header", "lines", "packs")

    def __init__(self, head: str, body: bytes | None = None, packs: bytes = b"") -> None:
        stamps, end, self.header = head.partition(END)
        if not end or not self.header.endswith(END):
            raise ValueError("not the head of an index")
        self.lines = stamps.split("\n")
        self.body = body
        self.packs = packs
        self._names: dict[str, tuple[str, ...]] = {}

    def holds(self) -> bool:
        """Whether nothing has changed that the index depends on, and every change would show."""
        lines = self.lines
        is_whole = lines[0] == "settled\t1" and len(lines) > 1 and lines[1].startswith("environment\t")
        return is_whole and self.stamps_hold(READERS)

    def stamps_hold(self, kinds: "tuple[str, ...] | dict[str, Callable[[str], str]]") -> bool:
        """Whether the stamps of some kinds are as they were."""
        for line in self.lines:
            kind, _, rest = line.partition("\t")
            if kind in kinds:
                subject, tab, stamp = rest.partition("\t")
                if "\\" in rest:
                    subject, stamp = plain(subject), plain(stamp)
                if not tab or READERS[kind](subject) != stamp:
                    return False
        return True

    def names(self, type: str) -> tuple[str, ...]:
        """The names of a type that work as attributes, sorted; an ambiguous one as ``source.Name``."""
        names = self._names.get(type)
        if names is None:
            names = self._names[type] = header_names(self.header, type)
        return names


def header_names(header: str, type: str) -> tuple[str, ...]:
    """The names of a type from a catalogue's header, which has a line of them for each."""
    before = f"\n{type}\t"
    start = header.find(before)
    if start < 0:
        return ()
    start += len(before)
    return tuple(header[start : header.index("\n", start)].split("\t"))


def read(path: str, *, names_only: bool = False) -> IndexFile | None:
    """The index in a file; ``None`` for one that is missing, damaged, of another schema or not ours."""
    flags = (getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK"))  # a pipe would block
    try:
        descriptor = os.open(path, os.O_RDONLY | sum(flags))
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(descriptor)
        if not _is_ours(status):
            return None
        schema, *seals, filling = os.read(descriptor, _SEAL).split(b"\t")
        sizes = list(map(int, seals[::2]))
        is_whole = len(sizes) == 3 and _SEAL + sum(sizes) == status.st_size and filling.strip(b" ") == b"\n"
        if schema != SCHEMA.encode() or not is_whole:
            return None
        parts = [os.read(descriptor, size) for size in (sizes[:1] if names_only else sizes)]
        # Of what could not be read whole, the sum is another one.
        if list(map(checksum, parts)) != seals[1 : 2 * len(parts) : 2]:
            return None
        head, *rest = parts
        if rest and rest[0] and not rest[0].endswith(b"\n"):
            return None
        for part in rest:
            if not part.isascii():
                part.decode("utf-8", "surrogatepass")
        return IndexFile(head.decode("utf-8", "surrogatepass"), *rest)
    except (OSError, ValueError, OverflowError, MemoryError):
        return None
    finally:
        os.close(descriptor)


def sealed(head: str, body: bytes, packs: str) -> bytes:
    """The content of an index file with these parts."""
    parts = head.encode("utf-8", "surrogatepass"), body, packs.encode("utf-8", "surrogatepass")
    seal = [cell for part in parts for cell in (b"%d" % len(part), checksum(part))]
    return b"\t".join((SCHEMA.encode(), *seal, b"")).ljust(_SEAL - 1) + b"\n" + b"".join(parts)


def escaped(text: str) -> str:
    """A text as one cell of a line."""
    if text.isprintable() and "\\" not in text:
        return text
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text


def plain(text: str) -> str:
    """The text that ``escaped`` made a cell of."""
    if "\\" not in text:
        return text
    parts = text.split("\\\\")
    for escape, character in (("\\t", "\t"), ("\\n", "\n"), ("\\u", PART_END)):
        parts = [part.replace(escape, character) for part in parts]
    return "\\".join(parts)


def index_path(key: str) -> str:
    """Where the index of this environment for a query lies; empty if there is no place for it."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(cache):  # noqa: PTH117
        home = os.path.expanduser("~")  # noqa: PTH111
        if not os.path.isabs(home):  # noqa: PTH117
            return ""
        cache = f"{home}/.cache"
    name = checksum(f"{SCHEMA}\n{environment_stamp()}\n{key}".encode("utf-8", "surrogatepass"))
    return f"{cache}/brainsmith/{name.decode()}.index"


def checksum(content: bytes) -> bytes:
    """A sum of 64 bits that shows damage, as 16 hexadecimal digits."""
    # SipHash with a key of ours, which the interpreter has built in for its bytecode: zlib.crc32 or hashlib
    # would cost the loading of a library.
    return b"%016x" % int.from_bytes(_imp.source_hash(_KEY, content), "little")


def _is_ours(status: os.stat_result) -> bool:
    # A regular file, 0o100000, that neither group nor others may write, 0o022; without the module stat.
    if status.st_mode & 0o170000 != 0o100000:
        return False
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)
