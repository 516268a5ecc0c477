# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Cells: any text as a part of a line that tabs divide."""

from __future__ import annotations

#: Ends each part of a cell that holds several.
PART_END = "\x1f"

_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), (PART_END, "\\u"))


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
