# SPDX-License-Identifier: GPL-3.0-or-later
# An empty store lists nothing, and says so in every form.
tocsin init | sed 's/store .*,/store S,/'
for form in --json --jsonl --csv ''; do
	echo "alert list $form"
	tocsin alert list $form
done
tocsin report
