# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/analysis/test_metrics
check_PROGRAMS += tests/analysis/test_spectrum
check_PROGRAMS += tests/analysis/test_drift
check_PROGRAMS += tests/analysis/test_surrogate
check_PROGRAMS += tests/analysis/test_weight
check_PROGRAMS += tests/analysis/test_slots
check_PROGRAMS += tests/analysis/test_probe
