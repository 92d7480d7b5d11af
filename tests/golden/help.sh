# SPDX-License-Identifier: GPL-3.0-or-later
# What a newcomer reads first.
tocsin --help
