# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Classes inherit across modules as they would if they were imported."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from itertools import count
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brainsmith_core.discovery.definition import ClassSource
from brainsmith_core.discovery.hierarchy import Hierarchy
from brainsmith_core.discovery.scan import Foreign, Universe

MakeHierarchy = Callable[[Mapping[str, str]], Hierarchy]


@pytest.fixture
def hierarchy(tmp_path: Path) -> MakeHierarchy:
    def make(files: Mapping[str, str]) -> Hierarchy:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(dedent(text))
        packages = sorted({name.partition("/")[0] for name in files})
        return Hierarchy(Universe({package: [str(tmp_path / package)] for package in packages}))

    return make


def class_of(hierarchy: Hierarchy, origin: str) -> ClassSource:
    module, _, name = origin.partition(":")
    found = hierarchy.universe.resolve(module, name)
    assert isinstance(found, ClassSource)
    return found


def order(hierarchy: Hierarchy, origin: str) -> list[str]:
    mro = hierarchy.mro(class_of(hierarchy, origin))
    return [found.name if isinstance(found, Foreign) else found.origin for found in mro]


def test_subclasses_are_told_by_origin_and_not_by_name(hierarchy: MakeHierarchy) -> None:
    found = hierarchy(
        {
            "a/base.py": "class Transformation: pass",
            "a/again.py": "from a.base import Transformation",
            "b/own.py": "class Transformation: pass\nclass NotThis(Transformation): pass",
            "b/use.py": """
                from a.again import Transformation as T
                import a.base as base
                class One(T): pass
                class Two(base.Transformation): pass
                class Three(One): pass
                class Other: pass
                """,
        }
    )

    assert [c.origin for c in found.subclasses(["a.base:Transformation"])] == [
        "b.use:One",
        "b.use:Three",
        "b.use:Two",
    ]
    assert list(found.subclasses(["a.base:Transformation"], "a")) == []


def test_a_root_outside_the_universe_is_told_by_the_name_it_is_imported_from(
    hierarchy: MakeHierarchy,
) -> None:
    found = hierarchy({"a/b.py": "from far.base import Root as R\nclass A(R): pass\n"})

    assert [c.name for c in found.subclasses(["far.base:Root"])] == ["A"]


def test_a_module_with_a_fault_offers_nothing(hierarchy: MakeHierarchy) -> None:
    found = hierarchy(
        {"a/b.py": "class Root: pass", "a/c.py": "from a.b import Root\nclass A(Root):\n  x = = 1\n"}
    )
    list(found.universe.modules())
    assert list(class_of(found, "a.c:A").members()) == []

    assert list(found.subclasses(["a.b:Root"])) == []


def test_the_order_is_c3_across_modules(hierarchy: MakeHierarchy) -> None:
    found = hierarchy(
        {
            "a/base.py": "class O: pass\nclass A(O): pass\nclass B(O): pass\n",
            "a/leaf.py": """
                from a import base
                from far import F
                class C(base.A, F): pass
                class D(C, base.B): pass
                """,
        }
    )

    assert order(found, "a.leaf:D") == ["a.leaf:D", "a.leaf:C", "a.base:A", "a.base:B", "a.base:O", "far.F"]


def test_bases_without_a_consistent_order_are_reported(hierarchy: MakeHierarchy) -> None:
    found = hierarchy({"a/b.py": "class A: pass\nclass B(A): pass\nclass C(A, B): pass\n"})

    assert order(found, "a.b:C") == ["a.b:C", "a.b:A", "a.b:B"]
    assert [diagnostic.fact for diagnostic in found.universe.diagnostics] == [
        "C: its bases have no consistent order"
    ]
    assert found.universe.diagnostics[0].path.endswith("b.py:3")


def test_a_class_that_derives_from_itself_is_survived(hierarchy: MakeHierarchy) -> None:
    found = hierarchy(
        {"a/b.py": "from a.c import B\nclass A(B): pass\n", "a/c.py": "from a.b import A\nclass B(A): pass\n"}
    )

    assert order(found, "a.b:A")[0] == "a.b:A"


def test_a_base_that_is_an_expression_is_reported(hierarchy: MakeHierarchy) -> None:
    found = hierarchy({"a/b.py": "class A(make('x'), Generic[T]): pass\n"})

    assert order(found, "a.b:A") == ["a.b:A", "make('x')", "a.b.Generic"]
    assert [diagnostic.fact for diagnostic in found.universe.diagnostics] == [
        "A: its base make('x') is an expression"
    ]


CLASSES = """
    import abc, dataclasses
    from abc import ABC, abstractmethod
    from collections.abc import Sized
    from dataclasses import dataclass, field
    from typing import ClassVar, Generic, TypeVar
    T = TypeVar("T")

    class Base(ABC):
        def __init__(self, size, *, deep=True): pass
        @abstractmethod
        def apply(self): pass
        @property
        @abc.abstractmethod
        def kind(self): pass

    class Half(Base):
        def apply(self): pass

    class Whole(Half):
        kind = "whole"

    class Again(Whole):
        @abstractmethod
        def apply(self): pass

    class Meta(metaclass=abc.ABCMeta):
        @abstractmethod
        def f(self): pass

    class Unminded:
        @abstractmethod
        def f(self): pass

    class Length(Sized): pass

    class Plain: pass

    class Own(Whole):
        def __init__(self, a, b: int = 3, /, c=(1, 2), *rest, d, e="x=,", **more): pass

    class New:
        def __new__(cls, made): return super().__new__(cls)

    class Box(Generic[T]):
        def __init__(self, content=None): pass

    class Mixed(Plain, Own): pass

    @dataclass
    class Point:
        x: int
        y: int = 0
        z: list = field(default_factory=list)
        hidden: int = field(default=1, init=False)
        shared: ClassVar[int] = 3

    @dataclasses.dataclass(frozen=False)
    class Point3(Point):
        y: int = 5
        w: str = "w"

    class Subpoint(Point): pass

    alias = abstractmethod

    class Spaced(ABC):
        @ abc.abstractmethod
        def f(self): pass

    class Aliased(ABC):
        @alias
        def f(self): pass

    class Documented(Base):
        '''It says __init__ and, at the indentation of a method:

        def apply(self): pass
        def kind(self): pass
        '''

    class Nested(Base):
        def other(self):
            def apply(self): pass
            self.kind = self.apply()

    class Conditional(Whole):
        if True:
            def __init__(self, given): pass

    class Twice(Whole):
        def __init__(self, first): pass
        def __init__(self, second, third=3):
            super().__init__(second)

    class LongHeader(
            Whole,
    ):
        def __init__(
            self,
            long=":", *, words=(")", "def __init__(self"),
        ) -> None: pass
"""


def test_abstractness_and_parameters_are_those_of_the_imported_classes(
    hierarchy: MakeHierarchy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = hierarchy({"imported_truth/classes.py": CLASSES})
    monkeypatch.syspath_prepend(tmp_path)
    truth = import_module("imported_truth.classes")
    names = [c.name for c in found.universe.module("imported_truth.classes").classes]  # type: ignore[union-attr]
    assert len(names) == 22

    for name in names:
        cls, source = getattr(truth, name), class_of(found, f"imported_truth.classes:{name}")
        assert found.is_abstract(source) is (inspect.isabstract(cls) and name != "Length"), name
        parameters = [text.partition("=")[0] for text in found.parameters(source) if text != "*"]
        expected = [
            str(p).partition("=")[0].partition(":")[0] for p in inspect.signature(cls).parameters.values()
        ]
        assert parameters == expected, name


def test_parameters_are_source_text(hierarchy: MakeHierarchy) -> None:
    found = hierarchy({"a/b.py": CLASSES})

    assert found.parameters(class_of(found, "a.b:Mixed")) == (
        "a",
        "b=3",
        "c=(1, 2)",
        "*rest",
        "d",
        "e='x=,'",
        "**more",
    )
    assert found.parameters(class_of(found, "a.b:Whole")) == ("size", "*", "deep=True")
    assert found.parameters(class_of(found, "a.b:Point3")) == ("x", "y=5", "z=list", "w='w'")


def test_a_constructor_outside_the_universe_takes_anything(hierarchy: MakeHierarchy) -> None:
    found = hierarchy(
        {"a/b.py": "from far import Module\nclass A(Module): pass\nclass B(A):\n  def __init__(self): pass\n"}
    )

    assert found.parameters(class_of(found, "a.b:A")) == ("*args", "**kwargs")
    assert found.parameters(class_of(found, "a.b:B")) == ()


_numbers = count()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sets(st.integers(0, 6), max_size=3), min_size=1, max_size=7))
def test_the_order_of_any_classes_is_pythons_own(tmp_path: Path, bases: list[set[int]]) -> None:
    text = ""
    for number, chosen in enumerate(bases):
        earlier = ", ".join(f"C{base}" for base in sorted(chosen, reverse=True) if base < number)
        text += f"class C{number}({earlier}): pass\n"
    package = tmp_path / f"generated_{next(_numbers)}"
    package.mkdir()
    (package / "classes.py").write_text(text)
    namespace: dict[str, Any] = {"__name__": "generated"}
    try:
        exec(text, namespace)
    except TypeError:
        return  # Python itself finds no order for these bases.
    found = Hierarchy(Universe({package.name: [str(package)]}))

    for number in range(len(bases)):
        expected = [cls.__name__ for cls in namespace[f"C{number}"].__mro__[:-1]]
        mro = found.mro(class_of(found, f"{package.name}.classes:C{number}"))
        assert [ancestor.name for ancestor in mro] == expected
    assert "generated" not in sys.modules
