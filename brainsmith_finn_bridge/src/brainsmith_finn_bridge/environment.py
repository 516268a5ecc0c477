# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Environment: all that FINN wants of the process around it, given for a while and then taken back."""

from __future__ import annotations

import importlib
import io
import logging
import multiprocessing
import os
import sys
import warnings
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock

from brainsmith_core.discovery.locate import locate
from brainsmith_core.errors import BuildError
from brainsmith_finn_bridge.installation import find_installation
from brainsmith_finn_bridge.listing import simulator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any

#: Environment and working folder are the whole process's, so two threads must not both change them.
_lock = RLock()

_logger = logging.getLogger("brainsmith.build")


@contextmanager
def finn_environment(build_folder: Path | None = None) -> Iterator[None]:
    """Whatever FINN needs to be imported and to run its steps, without a Vivado.

    ``build_folder`` is where FINN's generated files go, unless ``FINN_BUILD_DIR`` says so already; without
    it, as for imports, that is a folder that is gone afterwards. With one, what FINN prints goes to the
    logger ``brainsmith.build`` instead of standard output. FINN's settings are initialised, workers
    are started by fork so that they know what this process knows, and where no simulator was built with
    Vivado, the names behind ``finn.xsi`` are classes that say so when they are called.

    Afterwards, also after an exception, these are as they were: working folder, environment variables,
    ``sys.path``, standard output and error, ``warnings.showwarning``, handlers and level of every logger,
    the start method of multiprocessing, FINN's settings, ``finn.xsi``. What was imported stays in
    ``sys.modules``, and those modules of FINN that took names from ``finn.xsi`` when they were imported
    keep the classes; importing finn-plus also makes PyYAML's dumpers write paths as text.

    Threads take turns; builds that are to run at the same time need a process each.
    """
    with _lock, ExitStack() as stack:
        stack.enter_context(_unchanged_process())
        stack.enter_context(_unchanged_logging())
        if build_folder is not None:
            stack.enter_context(redirect_stdout(_LoggedLines()))
        folder = build_folder or Path(stack.enter_context(TemporaryDirectory(prefix="brainsmith-finn-")))
        has_settings = _has("util", "settings.py")
        _set_variables(folder, has_settings)
        stack.enter_context(_forking())
        if has_settings:
            stack.enter_context(_settings())
        if _has("xsi", "__init__.py"):
            stack.enter_context(_simulator_names())
        yield


class _LoggedLines(io.TextIOBase):
    """A text stream whose lines are logged; FINN's progress is of use in a build's log, not between ours."""

    def __init__(self) -> None:
        self._begun = ""

    def write(self, text: str) -> int:
        """Log every line that ``text`` ends; keep the rest for the next call."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in filter(None, map(str.rstrip, lines)):
            _logger.info("%s", line)
        return len(text)

    def writable(self) -> bool:
        """Always."""
        return True


def _has(*path: str) -> bool:
    return any(Path(folder, *path).is_file() for folder in locate("finn"))


@contextmanager
def _unchanged_process() -> Iterator[None]:
    folder, variables, path = Path.cwd(), dict(os.environ), list(sys.path)
    streams, show = (sys.stdout, sys.stderr), warnings.showwarning
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams
        sys.path[:] = path
        if warnings.showwarning is not show:
            # logging remembers that it captures warnings, and would not do so when it is asked again.
            logging.captureWarnings(False)
            warnings.showwarning = show
        for name in [name for name in os.environ if name not in variables]:
            del os.environ[name]
        os.environ.update(variables)
        os.chdir(folder)


@contextmanager
def _unchanged_logging() -> Iterator[None]:
    before = {logger: (list(logger.handlers), logger.level, logger.disabled) for logger in _loggers()}
    try:
        yield
    finally:
        for logger in _loggers():
            handlers, level, disabled = before.get(logger, ([], logging.NOTSET, False))
            for handler in [handler for handler in logger.handlers if handler not in handlers]:
                logger.removeHandler(handler)
                handler.close()
            logger.handlers[:] = handlers
            if logger.level != level:
                # Each call makes every logger of the process forget what it is enabled for.
                logger.setLevel(level)
            logger.disabled = disabled


def _loggers() -> list[logging.Logger]:
    known = [*logging.Logger.manager.loggerDict.values()]
    return [logging.getLogger(), *(each for each in known if isinstance(each, logging.Logger))]


def _set_variables(folder: Path, has_settings: bool) -> None:
    installation = find_installation()
    if installation is not None and not has_settings:
        # A FINN with settings knows itself where it lies.
        for name, value in installation.variables().items():
            os.environ.setdefault(name, value)
    build_folder = Path(os.environ.setdefault("FINN_BUILD_DIR", str(folder.absolute())))
    build_folder.mkdir(parents=True, exist_ok=True)
    if not Path("~/.finn").expanduser().is_dir():
        # Else finn-plus would make that folder, merely to look for a settings file in it.
        os.environ.setdefault("FINN_SETTINGS", str(build_folder / "settings.yaml"))


@contextmanager
def _forking() -> Iterator[None]:
    before = multiprocessing.get_start_method(allow_none=True)
    if "fork" in multiprocessing.get_all_start_methods():
        multiprocessing.set_start_method("fork", force=True)
    try:
        yield
    finally:
        multiprocessing.set_start_method(before, force=True)


@contextmanager
def _settings() -> Iterator[None]:
    settings: Any = importlib.import_module("finn.util.settings")
    before = settings._SETTINGS
    settings.initialize_dummy_settings()
    try:
        yield
    finally:
        settings._SETTINGS = before


@contextmanager
def _simulator_names() -> Iterator[None]:
    xsi: ModuleType = importlib.import_module("finn.xsi")
    missing = simulator.missing(Path(str(xsi.__file__)), os.environ)
    names = [name for name in getattr(xsi, "_LAZY_NAMES", ()) if name not in vars(xsi)] if missing else []
    for name in names:
        setattr(xsi, name, _unusable(name, missing))
    try:
        yield
    finally:
        for name in names:
            delattr(xsi, name)


def _unusable(name: str, missing: str) -> type:
    """A class in the place of a name of the simulator's interface; FINN only annotates and calls them."""

    def refuse(cls: type, *_: object, **__: object) -> Any:
        raise BuildError(f"RTL simulation ({cls.__name__}) needs Vivado: {missing}", remedy=simulator.BUILD)

    return type(name, (), {"__new__": refuse})
