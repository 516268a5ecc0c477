# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A synthetic installation: many distributions, of which some are packs that every peer can read."""

from __future__ import annotations

import compileall
import shutil
from pathlib import Path

TYPES = ("transforms", "kernels", "backends")
_PLUGGY = 'import pluggy\n\nhookimpl = pluggy.HookimplMarker("bench")\n'
PLUGIN = '''"""A plugin of the benchmark, with the module-level work that compilers' modules do."""

TABLE = bytes((i * 2654435761 >> 7) & 0xFF for i in range(1000))


class {name}:
    benchmark = True

    def apply(self, model):
        return model, False
'''


def make(folder: Path, *, distributions: int, packs: int, plugins: int) -> list[tuple[str, str]]:
    """Write the installation, and return the type and name of every plugin.

    Each pack has an entry point for the peers that list one per pack, and one per plugin for the others.
    """
    shutil.rmtree(folder, ignore_errors=True)
    made = []
    for index in range(packs):
        made += _pack(folder, index, plugins)
    for index in range(distributions - packs):
        name = f"other{index:04d}"
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").touch()
        points = f"[console_scripts]\n{name} = {name}:main\n" if index % 3 == 0 else ""
        _metadata(folder, name, points)
    (folder / "names.txt").write_text("\n".join(sorted(f"{type_}.{name}" for type_, name in made)))
    compileall.compile_dir(folder, quiet=2)
    return made


def _pack(folder: Path, index: int, plugins: int) -> list[tuple[str, str]]:
    package = f"bench{index:04d}"
    root = folder / package
    made, targets = [], {}
    for number in range(plugins):
        type_ = TYPES[0 if number % 5 < 3 else number % 5 - 2]
        name = f"{type_.title()}{index:04d}x{number:03d}"
        module = root / type_ / f"m{number:03d}.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(PLUGIN.format(name=name))
        made.append((type_, name))
        targets[type_, name] = f"{package}.{type_}.{module.stem}:{name}"
    for each in (root, *(root / type_ for type_ in TYPES)):
        each.mkdir(parents=True, exist_ok=True)
        (each / "__init__.py").touch()
    (root / "hooks.py").write_text(_brainsmith_hooks(targets))
    (root / "lazy.py").write_text(_lazy_hooks(targets))
    (root / "eager.py").write_text(_eager_hooks(targets))
    (root / "napari.yaml").write_text(_manifest(package, targets))
    points = (
        f"[brainsmith]\n{package} = {package}.hooks\n\n[bench.pluggy_lazy]\n{package} = {package}.lazy\n\n"
        f"[bench.pluggy_eager]\n{package} = {package}.eager\n\n"
        f"[napari.manifest]\n{package} = {package}:napari.yaml\n\n"
    )
    for type_ in TYPES:
        of_type = "".join(f"{name} = {target}\n" for (t, name), target in targets.items() if t == type_)
        points += f"[bench_{type_}]\n{of_type}\n"
    _metadata(folder, package, points)
    return made


def _brainsmith_hooks(targets: dict[tuple[str, str], str]) -> str:
    text = "from brainsmith_core import BackendRecord, KernelRecord, TransformRecord, hookimpl\n"
    for type_ in TYPES:
        record = f"{type_.title().removesuffix('s')}Record"
        more = ', language="hls"' if type_ == "backends" else ""
        rows = "".join(
            f'        {record}(name="{name}", target="{target}"{more}),\n'
            for (t, name), target in targets.items()
            if t == type_
        )
        text += f"\n\n@hookimpl\ndef register_{type_}():\n    return [\n{rows}    ]\n"
    return text


def _lazy_hooks(targets: dict[tuple[str, str], str]) -> str:
    text = _PLUGGY
    for type_ in TYPES:
        rows = "".join(f'        ("{n}", "{target}"),\n' for (t, n), target in targets.items() if t == type_)
        text += f"\n\n@hookimpl\ndef register_{type_}():\n    return [\n{rows}    ]\n"
    return text


def _eager_hooks(targets: dict[tuple[str, str], str]) -> str:
    text = _PLUGGY
    for type_ in TYPES:
        own = [(name, target.partition(":")[0]) for (t, name), target in targets.items() if t == type_]
        rows = "".join(f"    from {module} import {name}\n" for name, module in own)
        text += f"\n\n@hookimpl\ndef register_{type_}():\n{rows}"
        text += f"    return [{', '.join(name for name, _ in own)}]\n"
    return text


def _manifest(package: str, targets: dict[tuple[str, str], str]) -> str:
    text = f"name: {package}\ndisplay_name: {package}\ncontributions:\n  commands:\n"
    for (type_, name), target in targets.items():
        text += f"    - id: {package}.{type_}.{name}\n      title: {name}\n      python_name: {target}\n"
    return text


def upgrade(folder: Path, version: str) -> None:
    """Install the first pack again, as another version."""
    before = next(folder.glob("bench0000-*.dist-info"))
    points = (before / "entry_points.txt").read_text()
    shutil.rmtree(before)
    _metadata(folder, "bench0000", points, version)


def _metadata(folder: Path, name: str, entry_points: str, version: str = "1.0") -> None:
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    body = "A synthetic distribution of the benchmark. " * 40
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n{body}\n")
    (info / "RECORD").write_text(f"{name}/__init__.py,,\n" * 20)
    if entry_points:
        (info / "entry_points.txt").write_text(entry_points)
