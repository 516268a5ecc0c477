# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The evidence for a discovery: all that it depends on, as it was when the discovery was made."""

from __future__ import annotations

from brainsmith_core.discovery.stamps import environment_stamps, holds, settled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from brainsmith_core.discovery.discover import Discovery


class Evidence:
    """Stamps of the environment and of every pack, for a discovery that began at ``taken`` (ns since 1970).

    ``is_reliable`` says that any later change would show. Not so if a file changed in the very moment of
    the discovery, or if a pack failed: a failure may have causes that leave no stamp.
    """

    def __init__(self, discovery: Discovery, taken: int) -> None:
        self.taken = taken
        self.environment = environment_stamps()
        self._all = [*self.environment, *(stamp for pack in discovery.packs for stamp in pack.stamps)]
        failed = any(not pack.stamps for pack in discovery.packs)
        self.is_reliable = not failed and settled(self._all, taken)

    def holds(self) -> bool:
        """Whether everything is as it was, and certainly so."""
        return self.is_reliable and all(map(holds, self._all))
