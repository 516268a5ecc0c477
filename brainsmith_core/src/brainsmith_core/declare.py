# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The four decorators: each attaches a record to a class or function, and does nothing else."""

from __future__ import annotations

from brainsmith_core.errors import DeclarationError
from brainsmith_core.records import BackendRecord, KernelRecord, StepRecord, TransformRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from brainsmith_core.records import Record

    T = TypeVar("T")

#: The attribute of a class or function that holds its record.
DECLARATION = "__brainsmith_record__"


def transform(
    *misplaced: object,
    name: str = "",
    stage: str = "",
    description: str = "",
    author: str = "",
    version: str = "",
    requires: Iterable[str] = (),
    creates: Iterable[str] = (),
) -> Callable[[T], T]:
    """Declare a graph transformation: a class with ``apply(self, model)``.

    ``name`` defaults to the class's. Raises ``DeclarationError`` if the object is no class, has no
    ``apply``, or an argument is not text.
    """
    words = _words(misplaced, name, stage, description, author, version, requires)

    def declare(cls: T) -> T:
        _check_class("transform", cls)
        if not callable(getattr(cls, "apply", None)):
            raise _error(
                "transform", cls, "has no method apply(self, model)", "derive it from Transformation"
            )
        return _attach(TransformRecord, "transform", cls, creates=creates, **words)

    return declare


def kernel(
    *misplaced: object,
    name: str = "",
    stage: str = "",
    description: str = "",
    author: str = "",
    version: str = "",
    requires: Iterable[str] = (),
    op_type: str = "",
) -> Callable[[T], T]:
    """Declare a hardware operator: the class of the ONNX custom op that stands for it.

    ``name`` defaults to the class's. Raises ``DeclarationError`` if the object is no class or an argument
    is not text.
    """
    words = _words(misplaced, name, stage, description, author, version, requires)

    def declare(cls: T) -> T:
        _check_class("kernel", cls)
        return _attach(KernelRecord, "kernel", cls, op_type=op_type, **words)

    return declare


def backend(
    *misplaced: object,
    kernel: str,
    language: str,
    name: str = "",
    stage: str = "",
    description: str = "",
    author: str = "",
    version: str = "",
    requires: Iterable[str] = (),
) -> Callable[[T], T]:
    """Declare an implementation of ``kernel`` in a hardware ``language`` (``hls`` or ``rtl``).

    ``name`` defaults to the class's. Raises ``DeclarationError`` if the object is no class or an argument
    is not text.
    """
    words = _words(misplaced, name, stage, description, author, version, requires)

    def declare(cls: T) -> T:
        _check_class("backend", cls)
        return _attach(BackendRecord, "backend", cls, kernel=kernel, language=language, **words)

    return declare


def step(
    *misplaced: object,
    name: str = "",
    stage: str = "",
    description: str = "",
    author: str = "",
    version: str = "",
    requires: Iterable[str] = (),
) -> Callable[[T], T]:
    """Declare a build step: a function ``(model, cfg) -> model``.

    ``name`` defaults to the function's. Raises ``DeclarationError`` if the object cannot be called with
    two positional arguments or an argument is not text.
    """
    words = _words(misplaced, name, stage, description, author, version, requires)

    def declare(function: T) -> T:
        if isinstance(function, type) or not callable(function) or not hasattr(function, "__qualname__"):
            raise _error("step", function, "is not a function", "decorate a function (model, cfg) -> model")
        code = getattr(function, "__code__", None)
        if code is not None and not _takes_two(function, code):
            raise _error("step", function, "does not take (model, cfg)", "give it two positional parameters")
        return _attach(StepRecord, "step", function, **words)

    return declare


def declared_record(value: object) -> Record | None:
    """The record that a decorator attached to this very object; a subclass does not inherit it."""
    return getattr(value, "__dict__", {}).get(DECLARATION)


def _words(
    misplaced: tuple[object, ...],
    name: Any,
    stage: Any,
    description: Any,
    author: Any,
    version: Any,
    requires: Any,
) -> dict[str, Any]:
    if misplaced:
        value = misplaced[0]
        decorated = callable(value) and hasattr(value, "__qualname__")
        raise DeclarationError(
            "a decorator was used without its parentheses"
            if decorated
            else f"a decorator was given {value!r}, but takes keyword arguments only",
            place=f"{value.__module__}.{getattr(value, '__qualname__', '')}" if decorated else "",
            remedy="write @transform(), @kernel(), @backend(kernel=…, language=…) or @step()",
        )
    return {
        "name": name,
        "stage": stage,
        "description": description,
        "author": author,
        "version": version,
        "requires": requires,
    }


def _takes_two(function: Any, code: Any) -> bool:
    has_varargs = bool(code.co_flags & 0x04)
    required = code.co_argcount - len(function.__defaults__ or ())
    required_keywords = code.co_kwonlyargcount - len(function.__kwdefaults__ or ())
    return required <= 2 and (code.co_argcount >= 2 or has_varargs) and not required_keywords


def _check_class(decorator: str, value: object) -> None:
    if not isinstance(value, type):
        raise _error(decorator, value, "is not a class", f"use @{decorator} on a class")


def _attach(record_class: type[Record], decorator: str, value: T, **words: Any) -> T:
    plugin: Any = value
    words["name"] = words["name"] or plugin.__name__
    words["description"] = words["description"] or _summary(value)
    try:
        record = record_class(target=f"{plugin.__module__}:{_addressable(plugin.__qualname__)}", **words)
    except (TypeError, ValueError) as error:
        raise _error(decorator, value, str(error), "correct the decorator's arguments") from None
    setattr(value, DECLARATION, record)
    return value


def _addressable(qualname: str) -> str:
    # A class made inside a function has no address; only a pack that lists it would need one.
    return qualname.rpartition("<locals>.")[2]


def _summary(value: object) -> str:
    return (value.__doc__ or "").strip().partition("\n")[0]


def _error(decorator: str, value: object, fact: str, remedy: str) -> DeclarationError:
    module = getattr(value, "__module__", "?")
    name = getattr(value, "__qualname__", repr(value))
    return DeclarationError(f"@{decorator}: {name} {fact}", place=f"pack module {module}", remedy=remedy)
