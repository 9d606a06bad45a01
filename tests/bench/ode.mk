# SPDX-License-Identifier: GPL-3.0-or-later
# bench-ode: our integrators against stock CVODE, scipy and xppaut; never part of make check
EXTRA_PROGRAMS += tests/bench/bench_ode
tests_bench_bench_ode_SOURCES = tests/bench/bench_ode.c tests/bench/bench_ode.h \
	tests/bench/bench_ode_rates.c tests/bench/bench_ode_stock.c
tests_bench_bench_ode_LDADD = $(FHRL_LDADD)
EXTRA_DIST += tests/bench/bench_ode.sh tests/bench/bench_ode.py tests/bench/bench_ode_scipy.py
CLEANFILES += tests/bench/bench_ode$(EXEEXT)
.PHONY: bench-ode
bench-ode: tests/bench/bench_ode$(EXEEXT)
	$(srcdir)/tests/bench/bench_ode.sh $(abs_builddir)/tests/bench/bench_ode $(abs_srcdir) $(GNUPLOT)
