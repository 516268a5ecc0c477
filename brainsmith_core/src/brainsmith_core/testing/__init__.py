# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The test kit for pack authors: a site with packs installed, what a valid pack shows, and its back ends.

.. code-block:: python

    from brainsmith_core.testing import assert_pack_is_valid, install, installed

    def test_the_pack_is_valid(tmp_path):
        with installed(install(Path(__file__).parent.parent, site=tmp_path)):
            assert_pack_is_valid("acme")
"""

from __future__ import annotations

from brainsmith_core.testing.pack import assert_pack_is_valid
from brainsmith_core.testing.site import install, installed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from brainsmith_core.testing.back_end import BackendConformance as BackendConformance

__all__ = ["BackendConformance", "assert_pack_is_valid", "install", "installed"]


def __getattr__(name: str) -> object:
    # Only the conformance suite needs pytest.
    if name != "BackendConformance":
        raise AttributeError(f"module 'brainsmith_core.testing' has no attribute {name!r}")
    from brainsmith_core.testing.back_end import BackendConformance

    return BackendConformance
