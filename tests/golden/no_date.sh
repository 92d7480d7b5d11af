# SPDX-License-Identifier: GPL-3.0-or-later
# A round on an empty store has no date to work as of, and says so.
tocsin run
