# SPDX-License-Identifier: GPL-3.0-or-later
# Wrong words on the command line: the reason, and the nearest right word.
for line in '' 'allert list' 'alert lst' 'alert list --jsno' '--as-of yesterday run' 'why' 'replay --from x' 'run --in' \
		'--in x run' 'event list --limit -1' 'country list SRB' 'country show' 'alert list x' 'alert show' 'event search' \
		'store erase x' 'store hash x' 'export --csv' '--quiet=yes run' \
		'help allert' 'alert list -x' 'init now'; do
	tocsin $line
	echo "status $?"
done
