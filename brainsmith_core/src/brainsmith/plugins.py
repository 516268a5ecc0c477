# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The users' page: plugins by name.

.. code-block:: python

    from brainsmith.plugins import transforms as tfm

    model = model.transform(tfm.ExpandNorms())
"""

from brainsmith_core.namespaces import Namespace, default

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from brainsmith_core.registry import Registry


def _registry() -> "Registry":
    from brainsmith_core.manager import get_registry

    return get_registry()


def _names(type: str) -> "Sequence[str]":
    names = default.names(type)
    if names is None:
        from brainsmith_core.manager import get_plugin_manager

        names = get_plugin_manager().names(type)
    return names


def reset_plugin_system() -> None:
    """Forget everything that was discovered, loaded into caches or switched on; the next use starts anew."""
    default.reset()


transforms = Namespace("transform", _registry, names=_names)
kernels = Namespace("kernel", _registry, names=_names)
backends = Namespace("backend", _registry, names=_names)
steps = Namespace("step", _registry, names=_names)

__all__ = ["backends", "kernels", "reset_plugin_system", "steps", "transforms"]
