# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An outline keeps every statement and every line number, and drops bodies."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from brainsmith_core.discovery.outline import Outliner, UndecidableError


def outlined(text: str) -> ast.Module:
    outline, _ = Outliner(dedent(text)).outline()
    return ast.parse(outline)


def test_bodies_are_left_out_and_everything_else_is_kept() -> None:
    tree = outlined('''
        """Module."""
        import os
        @decorated(1)
        class A(Base, metaclass=M):
            x = 1
            def f(self):
                return "never seen"
        def g(a, b=2):
            return "nor this"
        table = {"A": A}
        ''')
    text = ast.unparse(tree)

    assert "never seen" not in text
    assert "nor this" not in text
    assert "@decorated(1)\nclass A(Base, metaclass=M):" in text
    assert text.endswith("table = {'A': A}")


def test_statements_stay_on_their_lines() -> None:
    text = "# licence\n# more\n\nimport os\n\ndef f(\n    a,\n):\n    '''\n    doc\n    '''\n\n\nlast = 1\n"

    outline, _ = Outliner(text).outline()

    assert (
        [s.lineno for s in ast.parse(outline).body] == [s.lineno for s in ast.parse(text).body] == [4, 6, 14]
    )


def test_blocks_are_named_in_order() -> None:
    _, blocks = Outliner("class A: pass\nasync def f(): pass\ndef g(): pass\nclass B:\n  x = 1\n").outline()

    assert [(block.name, block.is_class) for block in blocks] == [
        ("A", True),
        ("f", False),
        ("g", False),
        ("B", True),
    ]


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_definitions_inside_strings_are_none(quotes: str) -> None:
    _, blocks = Outliner(f"x = {quotes}\nclass Hidden: pass\n{quotes}\nclass Shown: pass\n").outline()

    assert [block.name for block in blocks] == ["Shown"]


@pytest.mark.parametrize("after", ["", '# """', "# '''"])
@pytest.mark.parametrize(
    "before",
    [
        'quote = \'"""\'',
        '# it\'s a comment with """',
        r'''text = """a \""" b"""''',
        "two = ['\"\"\"', \"'''\"]",
        'text = \'a \\\n""" b\'',
    ],
)
def test_a_triple_quote_that_opens_nothing_does_not_hide_what_follows(before: str, after: str) -> None:
    _, blocks = Outliner(f"{before}\nclass Shown: pass\n{after}\n").outline()

    assert [block.name for block in blocks] == ["Shown"]


def test_a_line_inside_brackets_does_not_end_a_body() -> None:
    tree = outlined("""
        def f():
            return call(
        name=1, other=")",
        )
        def g(): pass
        """)

    assert [statement.name for statement in tree.body if isinstance(statement, ast.FunctionDef)] == ["f", "g"]
    assert len(tree.body) == 2


def test_a_class_outline_keeps_the_constructor_and_names_the_methods() -> None:
    outliner = Outliner(
        'class A:\n    "doc"\n    def __init__(self, a, b="(:"):\n        pass\n    def f(self): 1\n'
    )
    _, (block,) = outliner.outline()

    node = ast.parse(outliner.outline_of(block)).body[0]

    assert isinstance(node, ast.ClassDef)
    assert ast.get_docstring(node) == "doc"
    assert "def __init__(self, a, b='(:'):" in ast.unparse(node)
    assert "def f():" in ast.unparse(node)


def test_a_function_outline_keeps_header_and_docstring() -> None:
    outliner = Outliner("def f(a, *, b: int = 1) -> int:\n    # don't stumble\n    'doc'\n    return a\n")
    _, (block,) = outliner.outline()

    node = ast.parse(outliner.outline_of(block)).body[0]

    assert ast.unparse(node) == 'def f(a, *, b: int=1) -> int:\n    """doc"""'


def test_the_whole_text_of_a_block_is_at_hand() -> None:
    text = "def f():\n    return 42\n"
    outliner = Outliner(text)
    _, (block,) = outliner.outline()

    assert outliner.text_of(block) == text


@pytest.mark.parametrize(
    "text", ["class \\\nA: pass\n", "x = 1\n\fclass A: pass\n", "def f(\n", "x = 'a\\\ndef f(): pass'\n"]
)
def test_what_cannot_be_outlined_is_said(text: str) -> None:
    with pytest.raises(UndecidableError):
        Outliner(text).outline()
