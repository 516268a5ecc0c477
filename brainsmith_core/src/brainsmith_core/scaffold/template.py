# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Templates of packs: the folder ``pack_template`` of an installed pack's package, rendered with jinja2.

A template belongs to whoever has the classes it is written against, so core has none. It is found as the pack
itself is, from its entry point, and nothing of the pack is imported.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from brainsmith_core.discovery.entry_points import installed_packs
from brainsmith_core.discovery.locate import locate
from brainsmith_core.errors import OutputError, PluginNotFoundError
from brainsmith_core.scaffold.names import PackNames

FOLDER = "pack_template"
#: What is rendered, once; other files are not part of a template. A second ``.jinja`` stays.
SUFFIX = ".jinja"


def find_templates() -> dict[str, Path]:
    """The folder of each template, by the source name of the pack that brings it."""
    found: dict[str, Path] = {}
    for ref in installed_packs():
        for location in locate(ref.module.partition(".")[0]):
            if (Path(location) / FOLDER).is_dir():
                found.setdefault(ref.source, Path(location) / FOLDER)
    return found


def choose_template(source: str = "") -> Path:
    """The template of a pack, or the only one there is; ``PluginNotFoundError`` with those that there are."""
    templates = find_templates()
    if not source and len(templates) == 1:
        return next(iter(templates.values()))
    if source in templates:
        return templates[source]
    names = ", ".join(templates)
    fact = f"the pack {source!r} has no template" if source else f"{len(templates)} packs have a template"
    if not templates:
        remedy = "pip install brainsmith-kernels, which has one"
        raise PluginNotFoundError("no installed pack has a template", remedy=remedy)
    raise PluginNotFoundError(fact, remedy=f"choose one with --template: {names}")


def render_pack(template: Path, names: PackNames, output: Path) -> list[Path]:
    """Write the template's files into a new or empty folder, all or none, and return their paths below it.

    In paths ``__package__`` and ``__kernel__`` stand for the package and the kernel's folder. Raises
    ``OutputError`` for a folder that is not empty or cannot be made.
    """
    try:
        if output.exists() and (not output.is_dir() or any(output.iterdir())):
            raise OutputError("the folder is not empty", place=str(output), remedy="choose a new --output")
        output.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
        try:
            written = _write(template, names, aside)
            aside.chmod(0o777 & ~_umask())
            os.replace(aside, output)  # noqa: PTH105 (onto an empty folder, as os.replace may)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        fact = f"the folder cannot be written: {error.strerror}"
        raise OutputError(fact, place=str(output), remedy="choose another --output") from None
    return written


def _write(template: Path, names: PackNames, folder: Path) -> list[Path]:
    # Other delimiters than jinja2's own, which the templates inside a template use.
    environment = Environment(
        block_start_string="{@%",
        block_end_string="%@}",
        variable_start_string="{@",
        variable_end_string="@}",
        comment_start_string="{@#",
        comment_end_string="#@}",
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    written = []
    for path in sorted(template.rglob(f"*{SUFFIX}")):
        name = str(path.relative_to(template)).removesuffix(SUFFIX)
        relative = Path(name.replace("__package__", names.package).replace("__kernel__", names.folder))
        text = environment.from_string(path.read_text(encoding="utf-8")).render(asdict(names))
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        written.append(relative)
    return written


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
