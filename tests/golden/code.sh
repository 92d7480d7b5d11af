# SPDX-License-Identifier: GPL-3.0-or-later
# A document into events, with the bytes of the words.
printf '%s\n' '{"kind":"document","known":"2025-03-03T09:00:00Z","feed":"wire","key":"w1","title":"Police detain students in Belgrade","lang":"en","published":"2025-03-03T09:00:00Z","body":"Serbian police detained twelve students at a protest."}' |
	tocsin --quiet code --in - --out -
