# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Print as JSON what the bridge lists, which modules it expects to fail, and what it imported on the way."""

from __future__ import annotations

import json
import sys

if __name__ == "__main__":
    from brainsmith_qonnx_bridge import hooks

    records = [record.as_dict() for record in (*hooks.register_transforms(), *hooks.register_custom_ops())]
    metadata = dict(hooks.register_frameworks()[0].get_metadata())
    heavy = sorted({"onnx", "qonnx", "numpy", "torch", "onnxruntime"} & sys.modules.keys())

    from brainsmith_core.discovery.locate import is_importable, locate
    from brainsmith_core.discovery.scan import Universe

    universe = Universe({"qonnx": locate("qonnx")})
    missing = {
        module.name: sorted(name for name in universe.foreign_imports(module.name) if not is_importable(name))
        for module in universe.modules("qonnx")
    }
    print(json.dumps({"records": records, "metadata": metadata, "heavy": heavy, "missing": missing}))
