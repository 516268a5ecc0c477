# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What is said of a back end whose own code fails: whose it is, and where."""

from __future__ import annotations

import errno
import sys
from importlib import import_module

import pytest

from brainsmith_core.cli.blame import blaming
from brainsmith_core.errors import HardwareError, ToolError
from brainsmith_core.records import BackendRecord

RTL = """\
import sys
from pathlib import Path
import json
import jinja2

def render(name):
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    return jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined).get_template(name).render()

class RowRTL:
    def compute():
        return 1 / 0

    def parse():
        return json.loads("{")

    def leave():
        sys.exit(0)
"""


@pytest.fixture
def pack(tmp_path, monkeypatch):
    folder = tmp_path / "site" / "blamed_pack"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "rtl.py").write_text(RTL)
    (folder / "undefined.sv").write_text("module top;\nwire {{ width }};\n")
    (folder / "syntax.sv").write_text("module top;\n\n{% if %}\n")
    monkeypatch.syspath_prepend(folder.parent)
    yield import_module("blamed_pack.rtl")
    monkeypatch.undo()
    for name in [name for name in sys.modules if name.partition(".")[0] == "blamed_pack"]:
        del sys.modules[name]


@pytest.fixture
def record(pack):
    made = BackendRecord(name="RowRTL", target="blamed_pack.rtl:RowRTL", kernel="Row", language="rtl")
    return made.stamped(source="acme", distribution="acme-ops", distribution_version="1.2")


@pytest.mark.parametrize(
    ("call", "file", "line", "said"),
    [
        (lambda pack: pack.render("undefined.sv"), "undefined.sv", 2, "UndefinedError: 'width' is undefined"),
        (lambda pack: pack.render("syntax.sv"), "syntax.sv", 3, "TemplateSyntaxError: Expected"),
        (lambda pack: pack.render("absent.sv"), "rtl.py", 8, "TemplateNotFound: 'absent.sv' not found"),
        (lambda pack: pack.RowRTL.compute(), "rtl.py", 12, "ZeroDivisionError: division by zero"),
        (lambda pack: pack.RowRTL.parse(), "rtl.py", 15, "JSONDecodeError: Expecting property name"),
        (lambda pack: pack.RowRTL.leave(), "rtl.py", 18, "SystemExit: 0"),
    ],
    ids=["undefined name", "template's syntax", "missing template", "own code", "called code", "exit"],
)
def test_what_a_back_end_raises_is_told_with_its_owner_and_the_pack_s_own_line(
    call, file, line, said, pack, record
):
    with pytest.raises(HardwareError) as caught, blaming(record):
        call(pack)
    error = caught.value
    assert error.place.endswith(f"blamed_pack/{file}:{line}")
    assert error.fact.startswith(f"the back end acme:RowRTL of acme-ops 1.2 failed: {said}")
    assert error.remedy == (
        "report it to the authors of acme-ops; BRAINSMITH_PLUGIN_DEBUG=1 shows the traceback"
    )
    assert error.__cause__ is not None


def test_without_a_line_of_the_pack_s_the_innermost_one_is_told(record):
    with pytest.raises(HardwareError, match="ZeroDivisionError") as caught, blaming(record):
        1 / 0  # noqa: B018
    assert "test_blame.py:" in caught.value.place


@pytest.mark.parametrize(
    "error",
    [ToolError("g++ is not installed"), OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()],
    ids=["an error with a remedy", "a full disk", "an interruption"],
)
def test_what_is_not_the_pack_s_is_left_as_it_is(error, record):
    with pytest.raises(type(error)) as caught, blaming(record):
        raise error
    assert caught.value is error
