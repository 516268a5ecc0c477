# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Two kernels of somebody who knows neither FINN nor the kernels of Brainsmith."""
