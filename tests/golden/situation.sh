# SPDX-License-Identifier: GPL-3.0-or-later
# The situation, after one round on the facts of the demonstration.
tocsin --store "$WORLD" report
