# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/analysis/test_metrics
check_PROGRAMS += tests/analysis/test_spectrum
check_PROGRAMS += tests/analysis/test_drift
check_PROGRAMS += tests/analysis/test_surrogate
check_PROGRAMS += tests/analysis/test_weight
check_PROGRAMS += tests/analysis/test_slots
EXTRA_DIST += tests/golden/E/expect.txt
