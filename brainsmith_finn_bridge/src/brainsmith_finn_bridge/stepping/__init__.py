# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What surrounds single steps of FINN: wishes fulfilled before, decisions kept after, failures explained."""
