# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The step ``qonnx_to_finn``."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from brainsmith_core.errors import BuildError
from brainsmith_kernels.steps.qonnx_to_finn import qonnx_to_finn

CONVERTER = "transformation/qonnx/convert_qonnx_to_finn.py"


@pytest.fixture
def install_finn(tmp_path, monkeypatch):
    """Put a package called finn on the path, whose converter's module has the given source."""

    def install(source):
        path = tmp_path / "finn" / CONVERTER
        path.parent.mkdir(parents=True)
        for folder in (path.parent, *list(path.parents)[1:3]):
            (folder / "__init__.py").touch()
        path.write_text(source)
        monkeypatch.syspath_prepend(str(tmp_path))
        for name in [name for name in sys.modules if name.partition(".")[0] == "finn"]:
            monkeypatch.delitem(sys.modules, name)

    yield install
    for name in [name for name in sys.modules if name.partition(".")[0] == "finn"]:
        del sys.modules[name]


@pytest.fixture
def model(make_model):
    return make_model("float[2] x", "float[2] y", "y = Relu(x)", opset=13)


@pytest.mark.skipif(find_spec("finn") is not None, reason="FINN is installed")
def test_without_finn_it_says_what_to_install(model):
    with pytest.raises(BuildError) as caught:
        qonnx_to_finn(model, None)
    assert caught.value.place == "step qonnx_to_finn"
    assert caught.value.fact == "FINN is not installed"
    assert caught.value.remedy == "pip install finn-plus brainsmith-finn-bridge"


def test_a_package_of_that_name_without_a_converter_is_no_finn(model, tmp_path, monkeypatch):
    (tmp_path / "finn.py").write_text("__path__ = []\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "finn", raising=False)
    with pytest.raises(BuildError, match="FINN is not installed"):
        qonnx_to_finn(model, None)
    sys.modules.pop("finn", None)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import os; os.environ['NO_SUCH_FINN_ROOT']", "KeyError: 'NO_SUCH_FINN_ROOT'"),
        ("import no_such_module_of_finns", "ModuleNotFoundError: No module named 'no_such_module_of_finns'"),
        ("raise SystemExit('no Vivado')", "SystemExit: no Vivado"),
        ("pass", "AttributeError: "),
    ],
)
def test_a_finn_that_cannot_be_imported_is_quoted(source, said, model, install_finn):
    install_finn(source)
    with pytest.raises(BuildError) as caught:
        qonnx_to_finn(model, None)
    assert caught.value.fact.startswith("FINN is installed but cannot be imported: ")
    assert said in caught.value.fact


def test_finn_s_own_converter_is_applied(model, install_finn, op_counts):
    # FINN itself weighs gigabytes; what counts here is that its transformation is made and applied.
    install_finn(
        "from qonnx.transformation.base import Transformation\n"
        "class ConvertQONNXtoFINN(Transformation):\n"
        "    def apply(self, model):\n"
        "        model.graph.node[0].op_type = 'Neg'\n"
        "        return model, False\n"
    )
    assert op_counts(qonnx_to_finn(model, None)) == {"Neg": 1}
    assert op_counts(model) == {"Relu": 1}
