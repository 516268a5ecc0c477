# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A model built by FINN's own builder, with what that wants of its environment faked.

Run as a script in a process of its own: ``python finn_builder.py MODEL OUTPUT SETTINGS``, where the settings
are fields of FINN's configuration as JSON. ``build_steps`` among them stands for the list of steps that the
design document gives to FINN. Prints what the builder returned.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def main(model: str, output: str, settings: dict[str, Any]) -> None:
    """Fake, build, print."""
    out, sys.stdout = sys.stdout, sys.stderr
    folder = Path(output, "generated")
    folder.mkdir(parents=True)
    os.environ |= {"FINN_BUILD_DIR": str(folder), "FINN_SETTINGS": str(folder / "settings.yaml")}
    # The builder writes the version of Vivado, which it takes from this path, into a report.
    os.environ["XILINX_VIVADO"] = "/tools/Xilinx/Vivado/2022.2"
    if settings.pop("build_steps", False):
        settings["steps"] = build_steps()
    from finn import xsi
    from finn.util.settings import initialize_dummy_settings

    initialize_dummy_settings()
    for name in xsi._LAZY_NAMES:
        setattr(xsi, name, None)
    from finn.builder.build_dataflow import build_dataflow_cfg
    from finn.builder.build_dataflow_config import DataflowBuildConfig, DataflowOutputType

    settings["generate_outputs"] = [DataflowOutputType.ESTIMATE_REPORTS]
    returned = build_dataflow_cfg(model, DataflowBuildConfig(output_dir=output, **settings))
    json.dump(returned, out)


def build_steps() -> list[Any]:
    """The design document's list, with the plugins as it writes them."""
    from brainsmith.plugins import steps
    from brainsmith.plugins import transforms as tfm

    return [
        steps.cleanup,
        lambda m, cfg: m.transform(tfm.ExpandNorms()),
        steps.qonnx_to_finn,
        lambda m, cfg: m.transform(tfm.finn.Streamline()),
        steps.hardware_inference,
    ]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
