# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What the bridge lists of QONNX without importing it is what importing all of it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core.discovery.hierarchy import Hierarchy
from brainsmith_core.discovery.scan import Universe
from brainsmith_qonnx_bridge import rules

RunScript = Callable[[str], Any]

BASE = """
from abc import ABC, abstractmethod
class {name}(ABC):
    @abstractmethod
    def apply(self, model): pass
"""


def parameters(texts: list[str]) -> list[list[Any]]:
    """Names, kinds as far as the texts show them, and whether there is a default."""
    kinds = {"*": "VAR_POSITIONAL", "**": "VAR_KEYWORD"}
    shown = []
    for text in texts:
        name = text.partition("=")[0].lstrip("*")
        stars = text[: len(text) - len(text.lstrip("*"))]
        if name:
            shown.append([name, kinds.get(stars, ""), "=" in text])
    return shown


def demand_equal(listing: Any, truth: Any) -> None:
    for kind in ("transform", "custom_op"):
        listed = {record["target"]: record for record in listing["records"] if record["type"] == kind}
        importable = {target for target in listed if listed[target]["available"]}
        assert importable == set(truth[kind])
        for target, true in truth[kind].items():
            record = listed[target]
            expected = [
                [name, kind if "VAR" in kind else "", default] for name, kind, default in true["parameters"]
            ]
            assert parameters(record["parameters"]) == expected, target
            assert record["description"] == true["summary"], target
            assert record["name"] == target.partition(":")[2]
    demand_predicted_failures(listing, truth)


def demand_predicted_failures(listing: Any, truth: Any) -> None:
    for module, reason in truth["failed"].items():
        assert listing["missing"][module], f"{module} fails with {reason}, which was not foreseen"
    foreseen = {module for module, missing in listing["missing"].items() if missing}
    assert foreseen == set(truth["failed"])


def test_the_listing_of_the_installed_qonnx_is_exact(here: RunScript) -> None:
    truth = here("truth.py")
    assert len(truth["transform"]) > 50
    assert len(truth["custom_op"]) > 10

    demand_equal(here("listing.py"), truth)


@pytest.mark.slow
def test_the_listing_of_the_first_supported_qonnx_is_exact(first_qonnx: RunScript) -> None:
    listing, truth = first_qonnx("listing.py"), first_qonnx("truth.py")
    assert listing["metadata"]["version"] == "0.4.0"
    assert len(truth["transform"]) == 59

    demand_equal(listing, truth)


@pytest.mark.parametrize("package", ["onnxruntime", "toposort", "onnxscript"])
def test_what_cannot_be_imported_for_want_of_a_package_is_listed_as_unavailable(
    without: Callable[[str, str], Any], package: str
) -> None:
    listing, truth = without(package, "listing.py"), without(package, "truth.py")
    missing = [record for record in listing["records"] if not record["available"]]

    demand_predicted_failures(listing, truth)
    for record in listing["records"]:
        assert record["available"] is (record["target"].partition(":")[0] not in truth["failed"])
    for record in missing:
        assert record["unavailable"] == f"its module imports {package}, not installed here"
        assert record["remedy"] == f"pip install {package}"
        assert record["requires"] == [package]


def test_some_transforms_need_onnxruntime(without: Callable[[str, str], Any]) -> None:
    records = without("onnxruntime", "listing.py")["records"]

    assert len(records) > 60
    assert not all(record["available"] for record in records)


@pytest.fixture
def hierarchy(tmp_path: Path) -> Callable[[Mapping[str, str]], Hierarchy]:
    """A small package called qonnx with some modules."""

    def make(files: Mapping[str, str]) -> Hierarchy:
        bases = {
            "transformation/base.py": BASE.format(name="Transformation"),
            "custom_op/base.py": BASE.format(name="CustomOp"),
        }
        for name, text in {**bases, **files}.items():
            path = tmp_path / "qonnx" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Hierarchy(Universe({"qonnx": [str(tmp_path / "qonnx")]}))

    return make


CONCRETE = """
from qonnx.transformation.base import Transformation
class {name}(Transformation):
    '''Does one thing.

    And more.'''
    def __init__(self, bits, signed=True): pass
    def apply(self, model): return model, False
"""


def test_a_record_says_where_what_and_how(hierarchy: Callable[[Mapping[str, str]], Hierarchy]) -> None:
    (record,) = rules.transforms(hierarchy({"transformation/tidy.py": CONCRETE.format(name="Tidy")}))

    assert record.name == "Tidy"
    assert record.target == "qonnx.transformation.tidy:Tidy"
    assert record.stage == "tidy"
    assert record.description == "Does one thing."
    assert record.parameters == ("bits", "signed=True")
    assert record.required_parameters == ("bits",)
    assert record.registered
    assert record.available


def test_abstract_classes_and_other_packages_base_classes_are_left_out(
    hierarchy: Callable[[Mapping[str, str]], Hierarchy],
) -> None:
    abstract = "from qonnx.transformation.base import Transformation\nclass Half(Transformation): pass\n"
    foreign = CONCRETE.format(name="Foreign").replace("qonnx.transformation.base", "elsewhere.base")

    assert rules.transforms(hierarchy({"a.py": abstract, "b.py": foreign})) == []


def test_operators_are_listed_apart(hierarchy: Callable[[Mapping[str, str]], Hierarchy]) -> None:
    operator = CONCRETE.format(name="Quant").replace("transformation.base", "custom_op.base")
    found = hierarchy({"custom_op/quant.py": operator.replace("Transformation", "CustomOp")})

    assert [record.id for record in rules.custom_ops(found)] == ["custom_op::Quant"]
    assert rules.transforms(found) == []


def test_of_two_classes_with_one_name_the_first_module_keeps_it(
    hierarchy: Callable[[Mapping[str, str]], Hierarchy],
) -> None:
    text = CONCRETE.format(name="Same")
    records = rules.transforms(hierarchy({"transformation/b.py": text, "transformation/a.py": text}))

    assert [(record.name, record.target, record.registered) for record in records] == [
        ("Same", "qonnx.transformation.a:Same", True),
        ("Same_qonnx_transformation_b", "qonnx.transformation.b:Same", False),
    ]


def test_a_missing_package_is_named_as_pip_knows_it(
    hierarchy: Callable[[Mapping[str, str]], Hierarchy],
) -> None:
    text = "import surely_not_installed, skimage.data\n" + CONCRETE.format(name="Tidy")
    (record,) = rules.transforms(hierarchy({"transformation/tidy.py": text}))

    assert record.unavailable == "its module imports skimage, surely_not_installed, not installed here"
    assert record.remedy == "pip install scikit-image surely_not_installed"
    assert record.requires == ("scikit-image", "surely_not_installed")


def test_a_version_limit_is_quoted_for_the_shell() -> None:
    assert rules.install_command(["setuptools<81", "numpy"]) == 'pip install "setuptools<81" numpy'
