# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What is certain of a FINN build before its first step runs, judged without importing FINN."""
