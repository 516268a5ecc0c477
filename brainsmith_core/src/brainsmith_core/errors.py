# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The errors that a user may meet, each made of a place, a fact and a remedy."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class BrainsmithError(Exception):
    """Something that the user can mend; the message is derived from the fields.

    ``place`` says where (``model.yaml:14:7 hw_compiler.kernels[2]``), ``fact`` what is wrong
    (``'sofmax' is not a kernel of any installed pack``) and ``remedy`` what to type next
    (``did you mean 'softmax'?``). ``exit_code`` is the status of a command line that ends with it.
    """

    exit_code = 1

    def __init__(self, fact: str, *, place: str = "", remedy: str = "") -> None:
        super().__init__(fact)
        self.place = place
        self.fact = fact
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        what_next = f"\n  {self.remedy}" if self.remedy else ""
        return f"{where}{self.fact}{what_next}"

    def __reduce__(self) -> tuple[object, ...]:
        # Exception's own reduction would call the constructor without its keywords.
        return (_rebuild, (type(self), self.args, dict(self.__dict__)))


def _rebuild(
    cls: type[BrainsmithError], args: tuple[object, ...], state: dict[str, object]
) -> BrainsmithError:
    error = cls.__new__(cls, *args)
    Exception.__init__(error, *args)
    error.__dict__.update(state)
    return error


class DeclarationError(BrainsmithError):
    """A plugin, or a pack's list of plugins, is declared wrongly."""

    exit_code = 3


class PackError(BrainsmithError):
    """A pack that something needs could not be loaded."""

    exit_code = 3


class PluginLoadError(PackError):
    """The object behind a record could not be imported, or is not what its record says."""


class ClosedError(BrainsmithError):
    """What is asked belongs to a plugin system that has been closed or reset since."""

    exit_code = 3


class PluginNotFoundError(BrainsmithError, AttributeError, KeyError):
    """No installed pack provides what was asked for.

    An ``AttributeError`` so that ``hasattr(tfm, name)`` answers, a ``KeyError`` for ``registry[key]``.
    """

    exit_code = 4


class AmbiguousPluginError(BrainsmithError, AttributeError, KeyError):
    """Several packs provide what was asked for; ``candidates`` are their qualified names."""

    exit_code = 4

    def __init__(
        self, fact: str, *, place: str = "", remedy: str = "", candidates: Sequence[str] = ()
    ) -> None:
        super().__init__(fact, place=place, remedy=remedy)
        self.candidates = tuple(candidates)


class ConfigurationError(BrainsmithError):
    """The configuration file or an environment variable says something that has no meaning.

    Where several things have none, ``faults`` has each of them as an error of its own.
    """

    exit_code = 5

    def __init__(
        self, fact: str, *, place: str = "", remedy: str = "", faults: Sequence[ConfigurationError] = ()
    ) -> None:
        super().__init__(fact, place=place, remedy=remedy)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults)) or super().__str__()


class BlueprintFault(BrainsmithError):
    """One thing that is wrong with a blueprint."""

    exit_code = 6


class BlueprintError(BrainsmithError):
    """Everything that is wrong with a blueprint, in the order of its lines; see ``faults``."""

    exit_code = 6

    def __init__(self, faults: Iterable[BrainsmithError], *, place: str = "") -> None:
        self.faults: tuple[BrainsmithError, ...] = tuple(faults)
        count = len(self.faults)
        super().__init__(f"{count} fault{'' if count == 1 else 's'} in the blueprint", place=place)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class ModelError(BrainsmithError):
    """A model file is missing, damaged or of a kind that no installed framework reads."""

    exit_code = 7


class OutputError(BrainsmithError):
    """A file or folder of results cannot be written where it was asked for."""

    exit_code = 8


class BuildError(BrainsmithError):
    """A build stopped before its end; everything written so far is kept."""

    exit_code = 9


class VerificationError(BuildError):
    """A step changed what the model computes by more than the tolerance."""

    exit_code = 10


class HardwareError(BrainsmithError):
    """A kernel's hardware cannot be generated, simulated or synthesised, or computes something else."""

    exit_code = 11


class ToolError(HardwareError):
    """A tool that simulation or synthesis needs is not installed."""

    exit_code = 12
