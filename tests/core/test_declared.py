# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack's declarations are read from its source, without importing it."""

from __future__ import annotations

import sys
from importlib import invalidate_caches
from pathlib import Path

import pytest

from brainsmith_core.declare import declared_record
from brainsmith_core.discovery.declared import declared_plugins, declared_records
from brainsmith_core.errors import DeclarationError
from brainsmith_core.manager import PluginManager
from brainsmith_core.records import BackendRecord, KernelRecord, Record, StepRecord, TransformRecord

IMPORT = "from brainsmith_core import backend, kernel, step, transform\n"
HEAVY = '''
import something_heavy_that_is_absent

@transform(name='ExpandNorms', stage='topology_opt', requires=['x'], creates=('LayerNorm',))
class Expand(something_heavy_that_is_absent.Transformation):
    """Expand.

    More.
    """

@kernel(op_type='Q')
class K: pass

@backend(kernel='K', language='rtl', description='Said here')
class B(K):
    """Not here"""

@step(author='me', version='3')
def tidy(model, cfg): return model

class Undeclared: pass
'''


class Package:
    """A package on ``sys.path`` whose files a test writes."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.folder = folder / name
        self.write("__init__.py", "raise RuntimeError('this package must not be imported')\n")

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        invalidate_caches()
        return file

    def records(self, decorator: str) -> list[Record]:
        return list(declared_records(self.name, decorator))

    def fault(self, decorator: str) -> DeclarationError:
        with pytest.raises(DeclarationError) as caught:
            self.records(decorator)
        return caught.value


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    monkeypatch.syspath_prepend(tmp_path)
    return Package(tmp_path, "declared_" + tmp_path.name.replace("-", "_"))


def test_S1_a_pack_lists_every_decorated_object_with_one_line(package: Package) -> None:
    package.write("deep/er.py", IMPORT + HEAVY)
    hooks = declared_plugins(package.name)
    module = f"{package.name}.deep.er"
    assert [hook() for hook in hooks] == [
        [
            TransformRecord(
                name="ExpandNorms",
                target=f"{module}:Expand",
                stage="topology_opt",
                requires=("x",),
                creates=("LayerNorm",),
                description="Expand.",
            )
        ],
        [KernelRecord(name="K", target=f"{module}:K", op_type="Q")],
        [BackendRecord(name="B", target=f"{module}:B", kernel="K", language="rtl", description="Said here")],
        [StepRecord(name="tidy", target=f"{module}:tidy", author="me", version="3")],
    ]
    assert [hook.__name__ for hook in hooks] == [
        "register_transforms",
        "register_kernels",
        "register_backends",
        "register_steps",
    ]
    assert package.name not in sys.modules


def test_what_is_read_is_what_the_decorators_attach(good_manager: PluginManager) -> None:
    records = good_manager.registry.find(source="acme")
    assert len(records) == 6
    for record in records:
        attached = declared_record(good_manager.registry.load(record))
        assert attached is not None
        assert attached.stamped(source="acme", distribution="acme", distribution_version="2.1") == record


@pytest.mark.parametrize(
    ("imports", "decorator"),
    [
        ("from brainsmith_core import kernel", "kernel"),
        ("from brainsmith_core import kernel as hardware", "hardware"),
        ("from brainsmith_core import *", "kernel"),
        ("from brainsmith_core.declare import kernel", "kernel"),
        ("from brainsmith.plugin.core import kernel", "kernel"),
        ("import brainsmith_core", "brainsmith_core.kernel"),
        ("import brainsmith_core as b", "b.kernel"),
        ("import brainsmith.plugin.core", "brainsmith.plugin.core.kernel"),
        ("from brainsmith.plugin import core", "core.kernel"),
        ("from brainsmith_core import declare as d", "d.kernel"),
        ("if True:\n    from brainsmith_core import kernel", "kernel"),
    ],
)
def test_S58_the_decorator_may_be_imported_in_any_way(package: Package, imports: str, decorator: str) -> None:
    package.write("m.py", f"{imports}\n@{decorator}()\nclass K: pass\n")
    assert [record.target for record in package.records("kernel")] == [f"{package.name}.m:K"]
    assert package.records("transform") == []


@pytest.mark.parametrize(
    "code",
    [
        "from other import kernel  # brainsmith\n@kernel()\nclass K: pass\n",
        "from .brainsmith_core import kernel\n@kernel()\nclass K: pass\n",
        "import brainsmith_core\n@other.kernel()\nclass K: pass\n",
        "from brainsmith_core import kernel\n'''\n@kernel()\nclass K: pass\n'''\n",
        "from brainsmith_core import kernel\n# @kernel()\nclass K: pass\n",
    ],
)
def test_a_decorator_of_another_origin_declares_nothing(package: Package, code: str) -> None:
    package.write("m.py", code)
    assert package.records("kernel") == []


@pytest.mark.parametrize(
    "frame",
    [
        "if sys.platform:\n    {}\n",
        "if x:\n    pass\nelse:\n    {}\n",
        "try:\n    {}\nexcept E:\n    pass\n",
        "try:\n    pass\nexcept E:\n    {}\n",
        "try:\n    pass\nfinally:\n    {}\n",
        "with x:\n    {}\n",
    ],
)
def test_a_declaration_may_depend_on_a_condition(package: Package, frame: str) -> None:
    package.write("m.py", IMPORT + frame.format("@kernel()\n    class K: pass"))
    assert [record.name for record in package.records("kernel")] == ["K"]


def test_a_class_inside_a_function_is_not_declared(package: Package) -> None:
    package.write("m.py", IMPORT + "def f():\n    @kernel()\n    class K: pass\n")
    assert package.records("kernel") == []


def test_modules_come_in_order_and_only_those_that_can_be_imported(package: Package) -> None:
    for path in ("b.py", "a.py", "sub/__init__.py", "sub/c.py", "not-a-module.py", "not-a-package/d.py"):
        package.write(path, IMPORT + "@kernel()\nclass K: pass\n")
    assert [record.module.removeprefix(package.name) for record in package.records("kernel")] == [
        ".a",
        ".b",
        ".sub",
        ".sub.c",
    ]


def test_a_pack_may_be_one_module(package: Package) -> None:
    (package.folder.parent / f"{package.name}_single.py").write_text(IMPORT + "@kernel()\nclass K: pass\n")
    invalidate_caches()
    (record,) = declared_records(f"{package.name}_single", "kernel")
    assert record.target == f"{package.name}_single:K"


def test_a_file_may_have_an_encoding_of_its_own(package: Package) -> None:
    code = "# -*- coding: latin-1 -*-\n" + IMPORT + "@kernel()\nclass K:\n    'Größe'\n"
    package.write("m.py", code.encode("latin-1"))
    package.write("n.py", b"\xef\xbb\xbf" + (IMPORT + "@kernel()\nclass L: pass\n").encode())
    assert [(record.name, record.description) for record in package.records("kernel")] == [
        ("K", "Größe"),
        ("L", ""),
    ]


def test_a_file_that_is_not_python_is_named_with_its_line(package: Package) -> None:
    file = package.write("m.py", IMPORT + "@kernel()\nclass K pass\n")
    error = package.fault("kernel")
    assert error.place == f"{file}:3"
    assert error.fact.startswith("not Python: ")
    assert error.remedy == "correct the file, or move it out of the package"


def test_a_file_that_cannot_be_decoded_is_named(package: Package) -> None:
    file = package.write("m.py", (IMPORT + "@kernel()\nclass K: 'x'\n").encode() + b"\xff\xfe\n")
    error = package.fault("kernel")
    assert error.place.startswith(f"{file}:")
    assert error.fact.startswith("not Python: ")


def test_broken_files_that_declare_nothing_do_not_matter(package: Package) -> None:
    package.write("template.py", "{{ cookiecutter }} kernel")
    assert package.records("kernel") == []


@pytest.mark.parametrize("name", ["a_package_that_nobody_has", ""])
def test_a_package_that_does_not_exist_is_named(name: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        list(declared_records(name, "kernel"))
    assert caught.value.fact == f"there is no package {name!r}"
    assert caught.value.remedy == "pass __package__, or __name__ in a pack of one module"


ARGUMENTS = "its arguments are name, stage, description, author, version, requires, op_type"
COMPUTED = "is computed, so it cannot be read without importing"
LITERAL = "write the value out as a literal"
CORRECT = "correct the decorator's arguments"


@pytest.mark.parametrize(
    ("code", "decorator", "fact", "remedy"),
    [
        ("@kernel(stag='x')\nclass K: pass", "kernel", "@kernel has no argument 'stag'", ARGUMENTS),
        ("@kernel(**{'name': 'X'})\nclass K: pass", "kernel", "@kernel has no argument '**'", ARGUMENTS),
        ("@transform(stage=S)\nclass K(X): pass", "transform", f"@transform(stage=…) {COMPUTED}", LITERAL),
        (
            "@step\ndef s(model, cfg): pass",
            "step",
            "@step takes keyword arguments only",
            "write @step(name=…)",
        ),
        (
            "@kernel('X')\nclass K: pass",
            "kernel",
            "@kernel takes keyword arguments only",
            "write @kernel(name=…)",
        ),
        (
            "@transform()\nclass K: pass",
            "transform",
            "@transform: K has no method apply(self, model)",
            "derive it from Transformation",
        ),
        (
            "@transform()\ndef f(): pass",
            "transform",
            "@transform: f is not a class",
            "use @transform on a class",
        ),
        (
            "@step()\nclass K: pass",
            "step",
            "@step: K is not a function (model, cfg) -> model",
            "use @step on a function (model, cfg) -> model",
        ),
        (
            "@kernel(name='two words')\nclass K: pass",
            "kernel",
            "@kernel of K: name='two words' is not a Python identifier, so no namespace could offer it",
            CORRECT,
        ),
        (
            "@kernel(version=3)\nclass K: pass",
            "kernel",
            "@kernel of K: version=3 must be text, not int",
            CORRECT,
        ),
        (
            "@backend(kernel='K')\nclass B: pass",
            "backend",
            "@backend of B: BackendRecord.__init__() missing 1 required keyword-only argument: 'language'",
            CORRECT,
        ),
    ],
)
def test_S4_a_wrong_declaration_names_file_line_object_and_reason(
    package: Package, code: str, decorator: str, fact: str, remedy: str
) -> None:
    file = package.write("m.py", IMPORT + "\n" + code + "\n")
    error = package.fault(decorator)
    assert (error.fact, error.remedy, error.place) == (fact, remedy, f"{file}:3")


def test_S4_unpacked_arguments_cannot_be_read(package: Package) -> None:
    package.write("m.py", IMPORT + "@kernel(**words)\nclass K: pass\n")
    assert package.fault("kernel").fact == f"@kernel(**…) {COMPUTED}"


def test_a_transform_with_its_own_apply_needs_no_base(package: Package) -> None:
    apply = "    def apply(self, model): return model, False\n"
    package.write("m.py", IMPORT + "@transform()\nclass K:\n" + apply)
    assert [record.name for record in package.records("transform")] == ["K"]
