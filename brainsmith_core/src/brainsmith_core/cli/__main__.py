# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""``python -m brainsmith_core.cli``, for where the script is not on the path."""

from brainsmith_core.cli.main import main

main()
