# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An outline keeps every statement and every line number, and drops bodies."""

from __future__ import annotations

from textwrap import dedent

import pytest

from brainsmith_core.discovery.outline import Block, Outliner, UndecidableError


def pieces(text: str) -> list[str]:
    """The pieces of a module: of a block its header, of everything else its text."""
    outliner = Outliner(dedent(text))
    shown = [
        outliner.header_of(piece) if isinstance(piece, Block) else outliner.text_of(piece)
        for piece in outliner.pieces()
    ]
    return [text.strip() for text in shown if text.strip()]


def blocks(text: str) -> list[Block]:
    return [piece for piece in Outliner(text).pieces() if isinstance(piece, Block)]


def test_bodies_are_left_out_and_everything_else_is_kept() -> None:
    assert pieces('''
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
        ''') == [
        '"""Module."""\nimport os',
        "@decorated(1)\nclass A(Base, metaclass=M): 0",
        "def g(a, b=2): 0",
        'table = {"A": A}',
    ]


def test_each_piece_knows_its_line() -> None:
    text = "# licence\n\nimport os\n\ndef f(\n    a,\n):\n    '''\n    doc\n    '''\nlast = 1\n"
    outliner = Outliner(text)

    imports, f, last = outliner.pieces()

    assert outliner.line_of(imports) == 1
    assert outliner.line_of(f) == 5
    # A stretch begins at the end of the line above it.
    assert outliner.line_of(last) + 1 == 11


def test_blocks_are_named_in_order() -> None:
    found = blocks("class A: pass\nasync def f(): pass\ndef g(): pass\nclass B:\n  x = 1\n")

    assert [(block.name, block.is_class) for block in found] == [
        ("A", True),
        ("f", False),
        ("g", False),
        ("B", True),
    ]


def test_a_class_knows_whether_its_header_needs_to_be_parsed() -> None:
    found = blocks("class A: pass\nclass B(a.C, D): pass\n@e\nclass F: pass\nclass G(H, i=1): pass\n")

    assert [(block.bases, block.is_decorated) for block in found] == [
        ((), False),
        (("a.C", "D"), False),
        ((), True),
        (None, False),
    ]


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_definitions_inside_strings_are_none(quotes: str) -> None:
    found = blocks(f"x = {quotes}\nclass Hidden: pass\n{quotes}\nclass Shown: pass\n")

    assert [block.name for block in found] == ["Shown"]


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
    assert [block.name for block in blocks(f"{before}\nclass Shown: pass\n{after}\n")] == ["Shown"]


def test_a_line_inside_brackets_does_not_end_a_body() -> None:
    assert pieces("""
        def f():
            return call(
        name=1, other=")",
        )
        def g(): pass
        """) == ["def f(): 0", "def g(): 0"]


def test_a_class_has_pieces_of_its_own() -> None:
    outliner = Outliner(
        'class A:\n    "doc"\n    x = 1\n    @p\n    def __init__(self, b="(:"):\n        pass\n'
        "    def f(self): 1\n"
    )
    (block,) = outliner.pieces()
    assert isinstance(block, Block)

    body, constructor, method = outliner.pieces(block)

    assert outliner.text_of(body) == '\n    "doc"\n    x = 1'
    assert isinstance(constructor, Block)
    assert outliner.header_of(constructor) == 'if 0:\n    @p\n    def __init__(self, b="(:"): 0'
    assert isinstance(method, Block)
    assert outliner.header_of(method) == "def f(self): 0"


@pytest.mark.parametrize(
    ("body", "docstring"),
    [
        ("\n    # don't stumble\n    'doc'\n    return a", "'doc'"),
        (' """One."""', '"""One."""'),
        ("\n    return 'none'", ""),
        ("\n    b'none'", ""),
    ],
)
def test_a_docstring_is_found_where_it_stands(body: str, docstring: str) -> None:
    outliner = Outliner(f"def f(a, *, b: int = 1) -> int:{body}\n")
    (block,) = outliner.pieces()
    assert isinstance(block, Block)

    assert outliner.docstring_of(block) == docstring


def test_a_docstring_of_several_literals_is_left_to_a_parser() -> None:
    outliner = Outliner("def f(): 'one' 'two'\n")
    (block,) = outliner.pieces()
    assert isinstance(block, Block)

    with pytest.raises(UndecidableError):
        outliner.docstring_of(block)


def test_the_whole_text_of_a_block_is_at_hand() -> None:
    text = "def f():\n    return 42\n"
    outliner = Outliner(text)
    (block,) = outliner.pieces()

    assert outliner.text_of(block) == text


@pytest.mark.parametrize(
    "text", ["class \\\nA: pass\n", "x = 1\n\fclass A: pass\n", "x = 'a\\\ndef f(): pass'\n"]
)
def test_what_cannot_be_outlined_is_said(text: str) -> None:
    with pytest.raises(UndecidableError):
        list(Outliner(text).pieces())
