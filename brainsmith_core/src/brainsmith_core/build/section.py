# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The section: a titled part of the report's page, and the table that most sections are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A table cell; ``mark`` is ``good``, ``bad``, ``quiet``, ``code``, ``number`` or empty."""

    text: str
    mark: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A titled part of the page: ``template`` names a file of ``templates`` that draws ``content``.

    The template ``table`` draws any ``Table``, ``chart`` any ``chart.Chart``.
    """

    title: str
    template: str
    content: Any
    introduction: str = ""

    @property
    def anchor(self) -> str:
        """The section's id within the page."""
        return "-".join(self.title.lower().split())


@dataclass(frozen=True)
class Table:
    """Columns and rows of cells; ``folded`` hides the rows until they are asked for."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    folded: str = ""
