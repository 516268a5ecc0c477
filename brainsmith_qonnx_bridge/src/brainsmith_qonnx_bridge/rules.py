# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Rules: which classes of QONNX are plugins, and what their records say."""

from __future__ import annotations

from brainsmith_core.discovery.locate import is_importable
from brainsmith_core.records import CustomOpRecord, TransformRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from brainsmith_core.discovery.hierarchy import Hierarchy

TRANSFORMATION = "qonnx.transformation.base:Transformation"
CUSTOM_OP = "qonnx.custom_op.base:CustomOp"

#: What to ask pip for, where that is not the name of the module.
_REQUIREMENTS = {
    "cv2": "opencv-python",
    "google": "protobuf",
    "PIL": "pillow",
    "pkg_resources": "setuptools<81",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


def transforms(hierarchy: Hierarchy) -> list[TransformRecord]:
    """A record for every class that QONNX defines, that derives from its ``Transformation`` and is concrete.

    ``stage`` is the last component of the module (``general``, ``infer_shapes``), QONNX's own grouping.
    """
    return [TransformRecord(**words) for words in _words(hierarchy, TRANSFORMATION)]


def custom_ops(hierarchy: Hierarchy) -> list[CustomOpRecord]:
    """A record for every class that QONNX defines, that derives from its ``CustomOp`` and is concrete."""
    return [CustomOpRecord(**words) for words in _words(hierarchy, CUSTOM_OP)]


def install_command(requirements: Sequence[str]) -> str:
    """The pip line for some requirements, quoted for a shell where they have a version."""
    return "pip install " + " ".join(f'"{text}"' if "<" in text else text for text in requirements)


def _words(hierarchy: Hierarchy, root: str) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    importable: dict[str, bool] = {}
    for found in hierarchy.subclasses([root], "qonnx"):
        if hierarchy.is_abstract(found):
            continue
        words: dict[str, Any] = {
            "name": found.name,
            "target": found.origin,
            "stage": found.module.name.rpartition(".")[2],
            "description": found.summary,
            "parameters": hierarchy.parameters(found),
        }
        if found.name in taken:
            # Names are unique within a pack. The first module by name keeps the bare one; the others
            # are told apart by their module and count as not offered by name.
            words |= {"name": f"{found.name}_{found.module.name.replace('.', '_')}", "registered": False}
        taken.add(found.name)
        yield words | _availability(hierarchy.universe.foreign_imports(found.module.name), importable)


def _availability(imports: Iterable[str], importable: dict[str, bool]) -> dict[str, Any]:
    """What is missing of some imports; ``importable`` remembers the answers, each a search of the path."""
    importable |= {module: is_importable(module) for module in imports if module not in importable}
    missing = sorted(module for module in imports if not importable[module])
    if not missing:
        return {}
    requirements = [_REQUIREMENTS.get(module, module) for module in missing]
    return {
        "requires": requirements,
        "unavailable": f"its module imports {', '.join(missing)}, not installed here",
        "remedy": install_command(requirements),
    }
