# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Every transformation of the installed QONNX, as Brainsmith plugins."""
