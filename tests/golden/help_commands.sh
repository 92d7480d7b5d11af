# SPDX-License-Identifier: GPL-3.0-or-later
# The help of every command, as the manual page has it.
for command in init run replay collect country event alert plan why report serve export store; do
	tocsin help $command
	echo
done
