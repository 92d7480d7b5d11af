# SPDX-License-Identifier: GPL-3.0-or-later
# Without a store, reading names the file and the remedy.
tocsin alert list
