# SPDX-License-Identifier: GPL-3.0-or-later
# bench: speed against PyTorch and against the processor's peak. Not part of `make check`: it takes minutes, and
# what it finds depends on the machine. Writes doc/benchmarks.md in the build folder.
EXTRA_PROGRAMS += tests/bench/bench_train
tests_bench_bench_train_SOURCES = tests/bench/bench_train.c
tests_bench_bench_train_LDADD = $(FHRL_LDADD)
CLEANFILES += tests/bench/bench_train
EXTRA_DIST += tests/bench/bench_train.py tests/bench/peer_torch.py
BENCH_ROUNDS = 7

.PHONY: bench-train
bench-train: fhrl$(EXEEXT) tests/bench/bench_train$(EXEEXT)
	python3 $(srcdir)/tests/bench/bench_train.py --build . --rounds $(BENCH_ROUNDS) --out doc/benchmarks.md
