# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The pages: whatever they show works, from top to bottom, in a folder of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from brainsmith_finn_bridge.adapter import FINNAdapter

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
WITH_SNIPPETS = ["README.md", *(f"docs/{path.name}" for path in sorted(DOCS.glob("*.md")))]
# The design document has a test module of its own; the command line's page is made from the commands.
WITH_SNIPPETS = [name for name in WITH_SNIPPETS if name not in ("docs/seed.md", "docs/cli.md")]
LINKED = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "brainsmith_core/README.md"]
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


#: What a page is about and needs, where that may be missing.
NEEDS_FINN = "docs/finn.md"


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_SNIPPETS)
def test_every_snippet_of_the_page_runs(name: str, reader) -> None:  # type: ignore[no-untyped-def]
    if name == NEEDS_FINN and not FINNAdapter().is_available():
        pytest.skip("FINN is not installed in this environment; nox -s finn makes one that has it")
    reader.read(ROOT / name)


@pytest.mark.parametrize("name", LINKED)
def test_every_relative_link_leads_to_a_file(name: str) -> None:
    page = ROOT / name
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_is_in_the_navigation() -> None:
    navigation = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    shown = [page for entry in navigation for page in _pages(entry)]
    assert sorted(shown) == sorted(path.name for path in DOCS.glob("*.md"))


def _pages(entry: object) -> list[str]:
    if isinstance(entry, dict):
        return [page for value in entry.values() for page in _pages(value)]
    if isinstance(entry, list):
        return [page for value in entry for page in _pages(value)]
    return [str(entry)]
