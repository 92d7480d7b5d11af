# SPDX-License-Identifier: GPL-3.0-or-later
# What was learned after some years were replayed; a setting set back, held over a round, and released.
tocsin --quiet store copy "$WORLD" "$TOCSIN_STORE" >copied
tocsin --quiet replay --from 2015 --to 2024 >replayed
tocsin --quiet run >round
tocsin learn
tocsin --quiet run >again
tocsin learn --json=kind,subject,member,verdict | tr '}' '\n' | head -4
tocsin learn diagram closing
tocsin learn settings calibration.closing
tocsin learn revert calibration.closing --to 2020-06-01 --note 'too few cases' 2>&1
tocsin --quiet run >held
tocsin learn settings calibration.closing
tocsin learn release calibration.closing 2>&1
tocsin --quiet run >decided
tocsin learn settings calibration.closing
tocsin learn revert threshold.nothing 2>&1 || echo "exit $?"
tocsin learn diagram nothing 2>&1 || echo "exit $?"
