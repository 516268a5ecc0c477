# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A universe says what a name means in any module of several packages, importing none of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from brainsmith_core.discovery.definition import ClassSource, FunctionSource
from brainsmith_core.discovery.locate import is_importable, locate
from brainsmith_core.discovery.scan import Foreign, Universe
from brainsmith_core.discovery.source import ModuleSource, Value

MakeUniverse = Callable[..., Universe]


@pytest.fixture
def universe(tmp_path: Path) -> MakeUniverse:
    """Write packages from ``{"pkg/mod.py": text}`` and make a universe of them."""

    def make(files: Mapping[str, str | bytes], *, exact: bool = False) -> Universe:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        packages = sorted({name.partition("/")[0] for name in files})
        return Universe({package: [str(tmp_path / package)] for package in packages}, exact=exact)

    return make


def meaning(found: object) -> str:
    if isinstance(found, (ClassSource, FunctionSource)):
        return found.origin
    assert isinstance(found, (Foreign, ModuleSource))
    return found.name


def test_every_module_is_found_by_its_full_name(universe: MakeUniverse) -> None:
    found = universe(
        {"a/__init__.py": "", "a/b.py": "", "a/c/d.py": "", "a/not-a-name.py": "", "a/e/__main__.py": ""}
    )

    assert [module.name for module in found.modules()] == ["a", "a.b", "a.c", "a.c.d", "a.e"]
    assert [module.name for module in found.modules("a.c")] == ["a.c", "a.c.d"]
    assert found.module("a.x") is None


def test_a_package_in_several_folders_is_one(tmp_path: Path) -> None:
    for folder, name in (("one", "b"), ("two", "b"), ("two", "c")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.py").write_text(f"class {folder.title()}: pass\n")

    found = Universe({"a": [str(tmp_path / "one"), str(tmp_path / "two")]})

    assert [c.origin for module in found.modules() for c in module.classes] == ["a.b:One", "a.c:Two"]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("from a.base import Base", "Base", "a.base:Base"),
        ("from a.base import Base as B", "B", "a.base:Base"),
        ("from .base import Base", "Base", "a.base:Base"),
        ("from . import base", "base.Base", "a.base:Base"),
        ("import a.base", "a.base.Base", "a.base:Base"),
        ("import a.base as ab", "ab.Base", "a.base:Base"),
        ("from a import Public", "Public", "a.base:Base"),
        ("from a.again import Base", "Base", "a.base:Base"),
        ("from a.star import *", "Base", "a.base:Base"),
        ("from a.base import Base\nAlias = Base", "Alias", "a.base:Base"),
        ("import a.base\nAlias = a.base.Base", "Alias", "a.base:Base"),
        (
            "try:\n    from nowhere import Base\nexcept ImportError:\n    from a.base import Base",
            "Base",
            "a.base:Base",
        ),
        ("from a.lazy import Late", "Late", "a.base:Late"),
        ("from a.lazy import Base", "Base", "a.base:Base"),
        ("from a.lazy import make", "make", "a.base:make"),
        ("from a.lazy import other", "other", "a.lazy.other"),
        ("from a.base import make", "make", "a.base:make"),
        ("from other.deep import Thing", "Thing", "other.deep.Thing"),
        ("import other.deep", "other.deep.Thing", "other.deep.Thing"),
        ("from a.base import _private", "_private", "a.base:_private"),
        ("from a.base import *", "_private", "a.user._private"),
        ("from a.listed import *", "Hidden", "a.user.Hidden"),
        ("", "nothing", "a.user.nothing"),
        ("from a.user import circle", "circle", "a.user.circle"),
        ("from a.base import Base", "Base.inner", "a.user.Base.inner"),
        ("from a import base", "base", "a.base"),
    ],
)
def test_a_name_is_followed_to_its_origin(
    universe: MakeUniverse, text: str, name: str, expected: str
) -> None:
    found = universe(
        {
            "a/__init__.py": "from .base import Base as Public",
            "a/base.py": "class Base: pass\nclass Late: pass\ndef make(): pass\ndef _private(): pass\n",
            "a/again.py": "from a.base import Base",
            "a/star.py": "from a.again import *",
            "a/listed.py": "__all__ = ['Shown']\nclass Shown: pass\nclass Hidden: pass\n",
            "a/lazy.py": """
                _HOMES = {"Late": "a.base", "Base": "base", "make": ".base"}
                def __getattr__(name): ...
                """,
            "a/user.py": text,
        }
    )

    assert meaning(found.resolve("a.user", name)) == expected


def test_a_name_bound_to_a_value_means_the_value(universe: MakeUniverse) -> None:
    found = universe({"a/b.py": "x = 3", "a/c.py": "from .b import x"}).resolve("a.c", "x")

    assert isinstance(found, Value)


def test_a_broken_file_hides_no_other_and_is_named(universe: MakeUniverse, tmp_path: Path) -> None:
    found = universe({"a/bad.py": "class (", "a/binary.py": b"\x00\xff\xfe", "a/good.py": "class Good: pass"})

    assert [c.name for module in found.modules() for c in module.classes] == ["Good"]
    assert [(d.module, d.path) for d in found.diagnostics] == [
        ("a.bad", str(tmp_path / "a" / "bad.py")),
        ("a.binary", str(tmp_path / "a" / "binary.py")),
    ]
    assert "invalid syntax" in found.diagnostics[0].fact


def test_a_file_that_cannot_be_read_is_named(universe: MakeUniverse, tmp_path: Path) -> None:
    found = universe({"a/good.py": "class Good: pass"})
    (tmp_path / "a" / "good.py").unlink()

    assert next(found.modules("a.good")).fault
    assert [diagnostic.module for diagnostic in found.diagnostics] == ["a.good"]


@pytest.mark.parametrize(
    "content",
    [
        "# -*- coding: latin-1 -*-\nclass Größe: pass\n".encode("latin-1"),
        "\ufeffclass Größe: pass\n".encode(),
        "x = 1\r\nclass Größe: pass\r\n".encode(),
        "x = 1\rclass Größe: pass\r".encode(),
    ],
)
def test_any_encoding_and_line_ending_is_read(universe: MakeUniverse, content: bytes) -> None:
    (found,) = universe({"a/b.py": content}).modules("a.b")

    assert [c.name for c in found.classes] == ["Größe"]


def test_foreign_imports_are_those_that_importing_is_sure_to_make(universe: MakeUniverse) -> None:
    found = universe(
        {
            "a/__init__.py": "import in_package",
            "a/b.py": """
                import direct.sub
                from .c import thing
                from a import d
                try:
                    import tried
                except ImportError:
                    pass
                if TYPE_CHECKING:
                    import typed
                def f():
                    import deferred
                """,
            "a/c.py": "import through_c\nfrom . import b",
            "a/d.py": "import through_d",
            "a/e.py": "import unrelated",
        }
    )

    assert found.foreign_imports("a.b") == {"in_package", "direct", "through_c", "through_d"}


def test_importing_a_module_imports_its_packages(universe: MakeUniverse) -> None:
    found = universe({"a/__init__.py": "import outer", "a/b/__init__.py": "import inner", "a/b/c.py": ""})

    assert found.foreign_imports("a.b.c") == {"outer", "inner"}


def test_values_describe_themselves(universe: MakeUniverse) -> None:
    found = universe({"a/b.py": "class ("})
    list(found.modules())

    assert repr(Foreign("x.y")) == "Foreign('x.y')"
    assert Foreign("x.y") == Foreign("x.y") != Foreign("x")
    assert len({Foreign("x.y"), Foreign("x.y")}) == 1
    assert repr(found.diagnostics[0]).startswith("Diagnostic('a.b', ")


def test_the_stamp_changes_with_any_file(universe: MakeUniverse, tmp_path: Path) -> None:
    files = {"a/b.py": "x = 1", "a/c.py": "y = 1"}
    before = universe(files).stamp()

    assert universe({}).stamp() == ()
    assert Universe({"a": [str(tmp_path / "a")]}).stamp() == before
    os.utime(tmp_path / "a" / "c.py", ns=(1, 1))
    assert Universe({"a": [str(tmp_path / "a")]}).stamp() != before


def test_exact_reading_finds_an_error_that_an_outline_leaves_out(universe: MakeUniverse) -> None:
    files = {"a/b.py": "def f():\n    x = = 1\n"}

    for exact in (False, True):
        found = universe(files, exact=exact)
        list(found.modules())
        assert bool(found.diagnostics) is exact


def test_a_package_is_located_without_executing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "explodes_when_imported").mkdir()
    (tmp_path / "explodes_when_imported" / "__init__.py").write_text("raise SystemExit(1)")
    monkeypatch.syspath_prepend(tmp_path)

    assert locate("explodes_when_imported") == (str(tmp_path / "explodes_when_imported"),)
    assert "explodes_when_imported" not in sys.modules


def test_a_namespace_package_is_located_in_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder / "spread_package").mkdir(parents=True)
        monkeypatch.syspath_prepend(tmp_path / folder)

    assert sorted(locate("spread_package")) == [
        str(tmp_path / name / "spread_package") for name in ("one", "two")
    ]


def test_what_is_not_installed_or_no_package_has_no_location() -> None:
    assert locate("surely_not_installed") == ()
    assert locate("this") == ()


def test_a_package_without_a_spec_has_no_location(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "made_by_hand", type(sys)("made_by_hand"))

    assert locate("made_by_hand") == ()
    assert is_importable("made_by_hand")


def test_a_dotted_name_is_refused_since_its_search_would_import_the_parent() -> None:
    with pytest.raises(ValueError, match=r"'os\.path' is not the name of a top-level package"):
        locate("os.path")


def test_importable_is_what_an_import_would_find() -> None:
    assert is_importable("this")
    assert is_importable("pytest")
    assert not is_importable("surely_not_installed")
