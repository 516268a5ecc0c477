# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose kernel is heavy for a reason that lies two imports away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from brainsmith_core.testing import installed

FILES = {
    "weighty-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: weighty\nVersion: 1.0\n",
    "weighty-1.0.dist-info/entry_points.txt": "[brainsmith]\nweighty = weighty_hooks\n",
    "weighty_hooks.py": """
from brainsmith_core import KernelRecord, TransformRecord, hookimpl

@hookimpl
def register_kernels():
    return [KernelRecord(name="Anvil", target="weighty.kernels.anvil:Anvil"),
            KernelRecord(name="Broken", target="weighty.kernels.broken:Broken"),
            KernelRecord(name="Crash", target="weighty.kernels.crash:Crash"),
            KernelRecord(name="Sleeper", target="weighty.kernels.sleeper:Sleeper"),
            KernelRecord(name="Absent", target="weighty.absent:Absent", unavailable="it is not here")]

@hookimpl
def register_transforms():
    return [TransformRecord(name="Feather", target="weighty.transforms:Feather")]
""",
    "weighty/__init__.py": "",
    "weighty/transforms.py": "class Feather:\n    def apply(self, model):\n        return model, False\n",
    "weighty/kernels/__init__.py": "import weighty.kernels.common\n",
    "weighty/kernels/common.py": "print('good morning')\nimport ballast\n",
    "weighty/kernels/anvil.py": "class Anvil:\n    pass\n",
    "weighty/kernels/broken.py": "raise RuntimeError('no hammer')\n",
    "weighty/kernels/crash.py": "import os\nos._exit(7)\n",
    "weighty/kernels/sleeper.py": "import time\ntime.sleep(60)\n",
    "ballast/__init__.py": "LEAD = b'x' * 60_000_000\nfrom ballast import inner\n",
    "ballast/inner.py": "",
}


@pytest.fixture
def weighty(no_packs: None, tmp_path: Path) -> Iterator[Path]:
    """An environment with that pack alone."""
    site = tmp_path / "site"
    for name, text in FILES.items():
        file = site / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    with installed(site):
        yield site
