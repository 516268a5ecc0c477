# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The truth about an installed FINN: what importing every module of it yields, printed as JSON.

Run as a script in a process of its own: ``python truth.py`` (FINN as it is found on the path). What FINN
asks of its machine before its modules can be imported (a build folder, a Vivado, packages that no test
needs) is answered with stand-ins, since only the definitions matter here. The judgement rests on real
objects: ``issubclass``, ``inspect.isabstract``, ``inspect.signature`` and FINN's own dictionaries.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import inspect
import json
import os
import re
import sys
import tempfile
import types
import warnings
from pathlib import Path
from typing import Any, ClassVar

DATAFLOW = "finn.custom_op.fpgadataflow"


class StandIn(types.ModuleType):
    """A module that answers every question, with a class that can be anything."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = type(name, (Anything,), {"__module__": self.__name__})
        setattr(self, name, value)
        return value


class AnythingMeta(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __iter__(cls) -> Any:
        return iter(())


class Anything(metaclass=AnythingMeta):
    """A class that can be called, decorated with, indexed and derived from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if len(args) == 1 and callable(args[0]) else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __getitem__(self, key: Any) -> Any:
        return Anything()


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for each package of ``wanted``, and for whatever is asked for below it."""

    wanted: ClassVar[set[str]] = set()

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if not any(name == each or name.startswith(each + ".") for each in self.wanted):
            return None
        spec = importlib.machinery.ModuleSpec(name, self, is_package=True)
        spec.submodule_search_locations = [tempfile.gettempdir()]
        return spec

    def create_module(self, spec: Any) -> types.ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def main() -> None:
    """Import everything and print what there is."""
    warnings.simplefilter("ignore")
    out, sys.stdout = sys.stdout, sys.stderr
    failures = import_everything()
    for name, fault in failures.items():
        print(name, fault, file=sys.stderr)
    json.dump({"objects": objects(), "failures": failures}, out, indent=1)


def import_everything() -> dict[str, str]:
    """Import each module of FINN; the ones that fail, with their reason."""
    import finn

    os.environ.setdefault("FINN_BUILD_DIR", tempfile.mkdtemp())
    os.environ.setdefault("XILINX_VIVADO", "/tools/Xilinx/Vivado/2022.2")
    sys.meta_path.append(StandInFinder())
    folders = [Path(folder) for folder in finn.__path__]
    while True:
        faults = {
            name: error for name in ["finn.xsi", *module_names(folders)] if (error := import_fault(name))
        }
        if not [error for error in faults.values() if mend(error)]:
            return {name: f"{type(error).__name__}: {error}" for name, error in faults.items()}
        # A package whose first import failed half-way would have lost what it had registered.
        for name in [name for name in sys.modules if name.partition(".")[0] == "finn"]:
            del sys.modules[name]


def import_fault(name: str) -> BaseException | None:
    try:
        module = importlib.import_module(name)
    except (Exception, SystemExit) as error:
        return error
    # finn-plus looks these up when it is imported, and then wants a simulator built with Vivado.
    for lazy in getattr(module, "_LAZY_NAMES", ()) if name == "finn.xsi" else ():
        setattr(module, lazy, Anything)
    return None


def mend(error: BaseException) -> bool:
    """Supply the package, the package's name or the environment variable that an import misses, once."""
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.partition(".")[0] != "finn":
        is_new = error.name not in StandInFinder.wanted
        StandInFinder.wanted.add(error.name)
        return is_new
    if type(error) is KeyError and str(error.args[0]).isupper():
        return os.environ.setdefault(error.args[0], folder := tempfile.mkdtemp()) == folder
    wanted = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", str(error))
    if wanted and not wanted[2].startswith("finn") and not hasattr(sys.modules[wanted[2]], wanted[1]):
        setattr(sys.modules[wanted[2]], wanted[1], type(wanted[1], (Anything,), {}))
        return True
    return False


def module_names(folders: list[Path]) -> list[str]:
    """Every module below FINN's folders, packages first; old wheels bring FINN's tests and notebooks, too."""
    names = set()
    for folder in folders:
        for path in folder.rglob("*.py"):
            parts = path.relative_to(folder).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            if all(map(str.isidentifier, parts)) and not {"__main__", "tests", "notebooks"} & set(parts):
                names.add(".".join(["finn", *parts]))
    return sorted(names)


def objects() -> list[dict[str, Any]]:
    """Every plugin of FINN as a dictionary with type, name, module and what its type adds."""
    from qonnx.custom_op.base import CustomOp
    from qonnx.transformation.base import Transformation

    found = [
        {"type": "transform", **described(cls), "op_types": texts(cls)}
        for cls in subclasses(Transformation)
        if not inspect.isabstract(cls)
    ]
    found += factories(Transformation)
    found += operators(CustomOp)
    found += steps()
    return sorted(found, key=lambda each: (each["type"], each["name"], each["module"]))


def subclasses(root: type) -> list[type]:
    """FINN's subclasses that their module offers under their name."""
    found = set()
    waiting = [root]
    while waiting:
        for cls in waiting.pop().__subclasses__():
            if cls not in found:
                found.add(cls)
                waiting.append(cls)
    return [
        cls
        for cls in found
        if of_finn(cls) and getattr(sys.modules[cls.__module__], cls.__name__, None) is cls
    ]


def of_finn(value: Any) -> bool:
    module = getattr(value, "__module__", "")
    return module == "finn" or module.startswith("finn.")


def described(value: Any) -> dict[str, Any]:
    """Name, module, constructor parameters (name, whether required) and first line of the docstring."""
    doc = value.__dict__.get("__doc__") if isinstance(value, type) else value.__doc__
    return {
        "name": value.__name__,
        "module": value.__module__,
        "parameters": parameters(value),
        "description": (doc or "").strip().partition("\n")[0].strip(),
    }


def parameters(value: Any) -> list[str]:
    """The names of the parameters a call takes, ``name=`` for an optional one."""
    constructor = value.__init__ if isinstance(value, type) else value
    if constructor is object.__init__:
        return []
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    each = list(inspect.signature(constructor).parameters.values())[isinstance(value, type) :]
    optional = inspect.Parameter.empty
    return [marks.get(p.kind, "") + p.name + ("=" if p.default is not optional else "") for p in each]


def texts(cls: type) -> list[str]:
    """The words among the constants in the compiled code of a class's methods."""
    found = set()
    methods = [getattr(each, "__func__", each) for each in vars(cls).values()]
    waiting = [each.__code__ for each in methods if inspect.isfunction(each)]
    while waiting:
        for constant in waiting.pop().co_consts:
            if isinstance(constant, types.CodeType):
                waiting.append(constant)
            elif isinstance(constant, str) and constant.isidentifier():
                found.add(constant)
    return sorted(found)


def factories(base: type) -> list[dict[str, Any]]:
    """Functions with a class's name that, called, give a transformation."""
    found = []
    for module in finn_modules():
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and name[:1].isupper():
                try:
                    given = value()
                except Exception:
                    continue
                if isinstance(given, base):
                    found.append({"type": "transform", **described(value), "op_types": []})
    return found


def finn_modules() -> list[types.ModuleType]:
    return [module for name, module in sorted(sys.modules.items()) if name.startswith("finn.") and module]


def operators(base: type) -> list[dict[str, Any]]:
    """Kernels, back ends and other custom operators."""
    kernel_base = sys.modules[f"{DATAFLOW}.hwcustomop"].HWCustomOp
    backend_bases = {
        "hls": sys.modules[f"{DATAFLOW}.hlsbackend"].HLSBackend,
        "rtl": sys.modules[f"{DATAFLOW}.rtlbackend"].RTLBackend,
    }
    every_backend_base = tuple(backend_bases.values())
    roots = (kernel_base, *every_backend_base)
    found = []
    for cls in {*subclasses(base), *(cls for root in every_backend_base for cls in subclasses(root))}:
        if cls in roots:
            continue
        language = next((word for word, root in backend_bases.items() if issubclass(cls, root)), "")
        is_kernel = issubclass(cls, kernel_base) and not language
        type_ = "backend" if language else "kernel" if is_kernel else "custom_op"
        each = {"type": type_, **described(cls), "registered": is_registered(cls)}
        if language:
            kernels = [
                ancestor.__name__
                for ancestor in cls.__mro__[1:]
                if issubclass(ancestor, kernel_base)
                and not issubclass(ancestor, every_backend_base)
                and ancestor is not kernel_base
            ]
            each |= {"language": language, "kernel": kernels[0] if kernels else ""}
        found.append(each)
    return found


def is_registered(cls: type) -> bool:
    """Whether one of FINN's dictionaries, or a domain's exports, has this very class."""
    for module in finn_modules():
        if not (hasattr(module, "__path__") and ".custom_op" in module.__name__):
            continue
        offered = list(getattr(module, "custom_op", {}).values())
        offered += [getattr(module, name, None) for name in getattr(module, "__all__", ())]
        if any(each is cls for each in offered):
            return True
    return False


def steps() -> list[dict[str, Any]]:
    """Registered steps, functions named like steps, and those of the builder that take (model, cfg)."""
    lookup = getattr(sys.modules.get("finn.builder.build_dataflow_steps"), "build_dataflow_step_lookup", {})
    names = {id(function): name for name, function in lookup.items()}
    found = []
    for module in finn_modules():
        for name, value in vars(module).items():
            if not inspect.isfunction(value) or value.__module__ != module.__name__ or value.__name__ != name:
                continue
            required = [p.name for p in inspect.signature(value).parameters.values() if p.default is p.empty]
            is_named = name.startswith(("step_", "custom_step"))
            is_like = (
                module.__name__.startswith("finn.builder.")
                and name[0] != "_"
                and required == ["model", "cfg"]
            )
            if id(value) in names or is_named or is_like:
                each = {"type": "step", **described(value), "registered": id(value) in names}
                each["name"] = names.get(id(value), name)
                found.append(each)
    return found


if __name__ == "__main__":
    main()
