# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/base/test_random
check_PROGRAMS += tests/base/test_file
check_PROGRAMS += tests/base/test_config
check_PROGRAMS += tests/base/test_dense
check_PROGRAMS += tests/base/test_clock
check_PROGRAMS += tests/base/test_progress
check_PROGRAMS += tests/base/test_signals
