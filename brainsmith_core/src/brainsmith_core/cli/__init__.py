# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The command line: each command group parses and prints, and leaves the work to the rest of core."""
