# SPDX-License-Identifier: GPL-3.0-or-later
# Wrong words on the command line: the reason, and the nearest right word.
for line in '' 'allert list' 'alert lst' 'alert list --jsno' '--as-of yesterday run' 'why' 'replay --from x' 'run --in'; do
	tocsin $line
	echo "status $?"
done
