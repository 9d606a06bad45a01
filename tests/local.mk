# SPDX-License-Identifier: GPL-3.0-or-later
# tests: one Check suite per module, below the name of its room; a list of rooms, each with its own .mk
AM_TESTS_ENVIRONMENT = \
	FHRL='$(abs_builddir)/fhrl'; export FHRL; \
	FHRL_TEST_DATA='$(abs_srcdir)/tests'; export FHRL_TEST_DATA; \
	FHRL_DATADIR='$(abs_srcdir)'; export FHRL_DATADIR; \
	OPENBLAS_NUM_THREADS=1; export OPENBLAS_NUM_THREADS; \
	CK_VERBOSITY=normal; export CK_VERBOSITY; \
	CK_DEFAULT_TIMEOUT=60; export CK_DEFAULT_TIMEOUT;

check_LIBRARIES += libfhrl_test.a
libfhrl_test_a_SOURCES = tests/support.c tests/support.h

include tests/base/local.mk
include tests/io/local.mk
include tests/nn/local.mk
include tests/ode/local.mk
include tests/models/local.mk
include tests/analysis/local.mk
include tests/cli/local.mk

include tests/fuzz/local.mk

include tests/bench/local.mk
include tests/bench/ode.mk
include tests/golden/local.mk

TESTS += $(check_PROGRAMS) $(check_SCRIPTS)
EXTRA_DIST += $(check_SCRIPTS) $(dist_check_DATA)

include tests/sanitize.mk

# a test that failed or was killed could not remove its folder
clean-local:
	rm -rf scratch.*
