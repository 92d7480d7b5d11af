# SPDX-License-Identifier: GPL-3.0-or-later
# What was learned, after some years were replayed: forecasts, then rules, then responses.
tocsin --quiet store copy "$WORLD" "$TOCSIN_STORE" >copied
tocsin --quiet replay --from 2015 --to 2024 >replayed
tocsin --quiet run >round
tocsin report | sed -n '/^LEARNED/,$p'
