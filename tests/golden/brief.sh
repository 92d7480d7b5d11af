# SPDX-License-Identifier: GPL-3.0-or-later
# The two-page brief on one country.
tocsin --store "$WORLD" report Georgia
