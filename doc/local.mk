# SPDX-License-Identifier: GPL-3.0-or-later
# doc: manual pages and texts
dist_doc_DATA = README.md doc/equations.md doc/theory.md doc/options.md CONTRIBUTING.md
EXTRA_DIST += doc/options.sh doc/figures/compare_ladder.svg doc/figures/portrait.svg
EXTRA_DIST += doc/options.sh doc/benchmarks.md

