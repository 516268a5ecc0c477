# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A module's source tells what it binds, and its outline tells the same as all of it."""

from __future__ import annotations

import ast
import importlib.util
import sysconfig
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.definition import ClassSource, Definition, FunctionSource
from brainsmith_core.discovery.imports import ImportStatement
from brainsmith_core.discovery.source import Import, ModuleSource, Value


def module(
    text: str, *, name: str = "pkg.mod", is_package: bool = False, exact: bool = False
) -> ModuleSource:
    return ModuleSource(name, "mod.py", is_package, dedent(text), exact=exact)


def facts(source: ModuleSource) -> dict[str, Any]:
    """Everything that a scan can ask of a module, as plain values."""
    bindings = {name: [fact(binding) for binding in found] for name, found in source.bindings.items()}
    return {
        "bindings": bindings,
        "stars": source.stars,
        "exported": source.exported,
        "imports": [*source.imported()],
        "body": [*map(ast.dump, source.body)],
    }


def fact(binding: ClassSource | FunctionSource | Import | Value) -> Any:
    if isinstance(binding, Import):
        return binding.module, binding.attribute
    if isinstance(binding, Value):
        return ast.dump(binding.node)
    common = (binding.origin, binding.line, binding.summary, [*map(ast.dump, binding.decorators)])
    if isinstance(binding, FunctionSource):
        return *common, binding.parameters, ast.dump(binding.whole)
    header = [*binding.bases, *map(ast.dump, binding.keywords)]
    members = [(name, member_fact(statement)) for name, statement in binding.members()]
    return *common, header, members, ast.dump(binding.whole)


def member_fact(statement: Definition | ImportStatement | ast.stmt) -> Any:
    if isinstance(statement, Definition):
        parameters = statement.bound_parameters if isinstance(statement, FunctionSource) else ()
        return (
            statement.summary,
            [*map(ast.dump, statement.decorators)],
            parameters,
            ast.dump(statement.whole),
        )
    if isinstance(statement, ImportStatement):
        return statement.module, [*statement.names]
    return ast.dump(statement)


def test_imports_are_bound_to_what_they_name() -> None:
    source = module(
        "import a.b\nimport a.c as d\nfrom . import e\nfrom .f import g as h\nfrom ..i import j\n",
        name="pkg.sub.mod",
    )

    bound = {name: fact(binding) for name, (binding,) in source.bindings.items()}

    assert bound == {
        "a": ("a", ""),
        "d": ("a.c", ""),
        "e": ("pkg.sub", "e"),
        "h": ("pkg.sub.f", "g"),
        "j": ("pkg.i", "j"),
    }


def test_a_package_resolves_relative_imports_from_itself() -> None:
    assert module("", name="pkg.sub", is_package=True).absolute("x", 1) == "pkg.sub.x"
    assert module("", name="pkg.sub", is_package=False).absolute("x", 1) == "pkg.x"


def test_the_last_unconditional_binding_counts_and_conditional_ones_add_up() -> None:
    source = module("""
        from a import X
        class X: pass
        try:
            from b import Y
        except ImportError:
            Y = None
        """)

    assert isinstance(source.bindings["X"][0], ClassSource)
    assert len(source.bindings["X"]) == 1
    assert [type(binding) for binding in source.bindings["Y"]] == [Import, Value]


def test_a_class_that_is_deleted_or_replaced_is_not_listed() -> None:
    source = module("class A: pass\nclass B: pass\nclass C: pass\ndel A\nB = 1\n")

    assert [found.name for found in source.classes] == ["C"]


def test_a_class_replaced_by_something_made_from_it_stays() -> None:
    source = module("class A: pass\nA = register(A)\n")

    assert [found.origin for found in source.classes] == ["pkg.mod:A"]


def test_classes_and_functions_under_conditions_are_listed() -> None:
    source = module("if True:\n    class A: pass\nelse:\n    def f(): pass\nwith x:\n    class B: pass\n")

    assert [found.name for found in source.classes] == ["A", "B"]
    assert [found.name for found in source.functions] == ["f"]


def test_exported_names_are_the_literal_ones() -> None:
    assert module("__all__ = ['a']\n__all__ += ['b']\n").exported == ("a", "b")
    assert module("__all__ = other.__all__\n").exported is None
    assert module("").exported is None


def test_entries_of_a_dictionary_come_from_its_literal_and_from_assignments() -> None:
    source = module("ops = {'A': a.A, 1: b}\nops['B'] = B\nops[key] = C\nother['D'] = D\n")

    assert [(key, syntax.dotted(value)) for key, value in source.entries("ops")] == [("A", "a.A"), ("B", "B")]


def test_a_definition_tells_line_summary_decorators_and_parameters() -> None:
    source = module('''
        @register("step")
        def f(model, cfg, *rest, depth=3, **more):
            """Do it.

            At length."""
        ''')
    (function,) = source.functions

    assert function.line == 3
    assert function.summary == "Do it."
    assert [ast.unparse(decorator) for decorator in function.decorators] == ["register('step')"]
    assert function.parameters == ("model", "cfg", "*rest", "depth=3", "**more")


def test_a_syntax_error_is_a_fault_and_no_exception() -> None:
    source = module("class A:\n    pass\nclass (:\n")

    assert "line 3" in source.fault
    assert list(source.classes) == []


def test_a_syntax_error_inside_a_class_is_a_fault_when_the_class_is_looked_at() -> None:
    source = module("class A:\n    x = = 1\n")
    (found,) = source.classes

    assert source.fault == ""
    assert [*found.members()] == []
    assert source.fault.startswith("A: invalid syntax")


def test_exact_reading_notices_errors_inside_functions() -> None:
    assert module("def f():\n    x = = 1\n", exact=True).fault


CONDITIONAL_CLASS = """\
if x:
    class {n}(A):
        'doc'
        def f(self): pass
elif y:
    import q
else:
    {n} = None
"""

RICH_CLASS = """\
@deco(
  1,
)
@other
class {n}(A, b.C[int], metaclass=M, flag=')'):

    # don't
    \"\"\"First.

class X: pass
    \"\"\"
    x = 1; z: int = 2
    def __init__(self, a, /, b=(1, ':'), *c, d='#', **e) -> 'X':
        return f(
    a, b)
    @property
    def p(self): return '''
    def q(self): pass
'''
    @abc.abstractmethod
    async def m(self):
        pass
    if x:
        def cond(self): pass
    from m import n as o
    import p.q
    @deco(
  1)
    # between
    @other
    def r(self, s): "r\\x41"
    class Inner:
        def g(self): pass
    last = (
    1
    )
"""

SNIPPETS = [
    "import os",
    "import a.b.c, d as e",
    "from .x import (\n    y,\nz as w,\n)",
    "from a \\\n  import b",
    "from a import *",
    "from a import b as c,  d # e",
    "from a import (b,  # c, d\n    e)",
    "from ... import (f as g)",
    "from a import(b)",
    "import a, b as c; import d",
    "from . a import b",
    "import a . b",
    "import a as b,\\\n  c",
    "x = (a\n@ b)",
    "x = [\n1,\nname\n, ]",
    "x = f(\nkey=')',\nother=\"(\",  # ( comment\n)",
    "text = '''\nclass NotThis:\n    pass\n'''",
    'text = """\ndef not_this(): \'\'\'\n"""',
    "text = 'one \\\nclass no: ' + \"it's\"",
    "quote = '\"\"\"' # \"\"\"",
    "raw = r'\\''",
    "joined = f\"{a['b']!r:>{width}}\"",
    CONDITIONAL_CLASS,
    "try:\n    from a import {n}\nexcept ImportError:\n    {n} = None\nfinally:\n    pass",
    "for i in range(3):\n    y = i",
    RICH_CLASS,
    "class {n}: pass",
    "class {n}: 'doc'; x = 1",
    "class {n}(A): x = (1,\n    2)",
    "class {n}(\n    A,  # ) comment\n    B,\n):\n\ty = 1\n\tdef f(self):\n\t\treturn [\n1]",
    "def {n}(a, b: 'int' = 3, *, c=lambda: 0) -> d[str, int]:\n    # don't\n    'doc' #\n    return (\na, 2)",
    "def {n}(a):\n    # such as\n    #   b'old'\n    return a",
    "def {n}(): 'one' 'two'",
    "def {n}(): 'one'; 'two'",
    "def {n}():\n    r'''\n  a\\n '''",
    "def {n}():\n    u\"it's\" # so",
    "@{n}\ndef {n}(): b'none'",
    "def {n}(a: 'b' = ')', c=(1, [2]), *, d=lambda: 0): pass",
    "class {n}(A,): pass",
    "class {n} ( A , b.C ) : pass",
    "class {n}(*a, **b):\n  # c\n\n  'doc'\n  pass",
    "def {n}():\n    ('no doc')",
    "async def {n}(x):\n    await y",
    "def {n}(): return \\\nx",
    "(a, b) = 1, 2",
    "[c] = d",
    "'a string statement'",
    "{n} = {n}2 = lambda: 0",
    "{n} += 1",
    "del {n}",
    "# comment with ' and \"\"\" in it",
    "# class Hidden: pass",
    "__all__ = ['{n}']",
    "__all__ += ('b', )",
    "{n}['key'] = Value",
    "match x:\n    case 1:\n        import m1\n    case _:\n        class {n}: pass",
    "while x: y = 1",
    "x = \\\n1",
    "x = y if z \\\nelse 3",
    "class \\\n{n}: pass",
]  # fmt: skip

statements = st.builds(
    lambda text, name: text.replace("{n}", name), st.sampled_from(SNIPPETS), st.sampled_from("ABC")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(statements, max_size=8), st.sampled_from(["\n", "\n\n", "\n# c\n", "\n\n\n"]), st.booleans())
def test_an_outline_tells_the_same_as_the_whole_source(texts: list[str], between: str, ends: bool) -> None:
    text = between.join(texts) + ("\n" if ends else "")
    ast.parse(text)

    assert facts(module(text)) == facts(module(text, exact=True))


def installed_sources() -> list[Path]:
    standard = sorted(Path(sysconfig.get_path("stdlib")).glob("[a-h]*.py"))
    packages = ["_pytest", "qonnx", "hypothesis/strategies"]
    roots = [Path(sysconfig.get_path("purelib")) / package for package in packages]
    return standard + [path for root in roots for path in sorted(root.rglob("*.py"))]


@pytest.mark.slow
def test_an_outline_of_other_peoples_modules_tells_the_same_as_the_whole_source() -> None:
    paths = installed_sources()
    assert len(paths) > 100
    for path in paths:
        text = importlib.util.decode_source(path.read_bytes())
        assert facts(module(text)) == facts(module(text, exact=True)), path


@pytest.mark.parametrize("name", ["name", "_a1", "größe", "ﬁt", "dotted.name", "called()", "called(1, b=2)"])
@pytest.mark.parametrize("end", ["", " ", "  # why", "\n", "\n# why", "\n@second"])
@pytest.mark.parametrize(
    "statement", ["class A(B):\n    pass", "def a(b):\n    pass", "async def a():\n    pass"]
)
def test_decorators_are_those_that_parsing_finds(name: str, end: str, statement: str) -> None:
    text = f"@{name}{end}\n{statement}\n"
    assert facts(module(text)) == facts(module(text, exact=True))


PARAMETERS = (
    *("", " ", "a", "a, b", "a,b,", "a = None", "a=0, b=12", "a=True , b = False", "a=-1", "a=1_0", "a=0x1"),
    *("a=1.0", "a=Nonesuch", "a=TrueOrNot", "a=None or b", "a, /, b", "*a, b=1, **c", "*, a", "a: int = 0"),
    *("a=(1, 2)", "a='x,y'", "a,\n        b=1,\n    ", "größe=None", "ﬁt"),
)


@pytest.mark.parametrize("parameters", PARAMETERS)
@pytest.mark.parametrize("header", ["def f({})", "def f ({}) -> A", "async def f({})", "def f({}) -> 'A: b'"])
def test_parameters_are_those_that_parsing_finds(parameters: str, header: str) -> None:
    for text in (f"{header.format(parameters)}:\n    pass\n", f"{header.format(parameters)}: pass\n"):
        read, parsed = (module(text, exact=exact).functions[0] for exact in (False, True))
        assert read.parameters == parsed.parameters
        read, parsed = (module(text, exact=exact).functions[0] for exact in (False, True))
        assert read.bound_parameters == parsed.bound_parameters
