# SPDX-License-Identifier: GPL-3.0-or-later
# doc: manual pages and texts
dist_doc_DATA = README.md doc/equations.md doc/theory.md doc/options.md CONTRIBUTING.md
EXTRA_DIST += doc/options.sh doc/figures/compare_ladder.svg
EXTRA_DIST += doc/options.sh doc/benchmarks.md
EXTRA_DIST += doc/figures/work_precision_fhrl_d2.svg doc/figures/work_precision_fhrl_d8.svg \
	doc/figures/work_precision_fhrl_d32.svg doc/figures/work_precision_fhrl_d64.svg \
	doc/figures/work_precision_lorenz.svg doc/figures/work_precision_van_der_pol.svg \
	doc/figures/work_precision_henon_heiles.svg
