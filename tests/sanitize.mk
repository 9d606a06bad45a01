# SPDX-License-Identifier: GPL-3.0-or-later
# sanitize: what looks into running programs besides --enable-sanitize, and takes too long for `make check`

# Data races, in a tree of `../configure --enable-sanitize=thread CFLAGS="-g -O1"`. All threads are POSIX threads with mutexes,
# conditions and C11 atomics (nn/team.c, ode/ensemble.c), which ThreadSanitizer knows; nothing here uses OpenMP. OpenBLAS, HDF5
# and jansson are not instrumented: what they lock by themselves is left out by name.
THREADED = tests/nn/test_train tests/nn/test_record tests/nn/test_sample tests/ode/test_ensemble tests/io/test_dataset \
	tests/analysis/test_compare tests/analysis/test_probe_session
.PHONY: check-threads check-valgrind
check-threads: $(THREADED)
	@grep -q 'fsanitize=[a-z,-]*thread' Makefile || \
	  { echo "check-threads: configure a tree with --enable-sanitize=thread first"; exit 1; }
	@status=0; for test in $(THREADED); do \
	  $(AM_TESTS_ENVIRONMENT) CK_DEFAULT_TIMEOUT=600; \
	  TSAN_OPTIONS=halt_on_error=0:exitcode=66:suppressions=$(abs_srcdir)/tests/tsan.supp ./$$test || status=1; \
	done; exit $$status

# Memory that is read before it is written, which AddressSanitizer does not see, on short runs of CVODE, KINSOL, GSL, Arb, the
# readers and one step of training; libraries' own sins are left out by name, leaks of ours are errors.
VALGRIND = valgrind
VALGRIND_FLAGS = -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite \
	--suppressions=$(abs_srcdir)/tests/valgrind.supp
check-valgrind: fhrl$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/valgrind.sh '$(VALGRIND)' $(VALGRIND_FLAGS)

EXTRA_DIST += tests/tsan.supp tests/valgrind.supp tests/valgrind.sh
