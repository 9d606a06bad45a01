# SPDX-License-Identifier: GPL-3.0-or-later
# doc: manual pages and texts
dist_doc_DATA = README.md doc/equations.md doc/theory.md doc/options.md doc/results.md CONTRIBUTING.md
EXTRA_DIST += doc/options.sh doc/benchmarks.md doc/figures/compare_ladder.svg doc/figures/portrait.svg
EXTRA_DIST += doc/figures/work_precision_fhrl_d2.svg doc/figures/work_precision_fhrl_d8.svg \
	doc/figures/work_precision_fhrl_d32.svg doc/figures/work_precision_fhrl_d64.svg \
	doc/figures/work_precision_lorenz.svg doc/figures/work_precision_van_der_pol.svg \
	doc/figures/work_precision_henon_heiles.svg
EXTRA_DIST += doc/reproduction/README.md doc/reproduction/report.html doc/reproduction/report.json doc/reproduction/config.ini \
	doc/reproduction/claims.tsv doc/reproduction/runs.tsv doc/reproduction/gamma.tsv doc/reproduction/controls.tsv

# The program writes its own manual pages and its completion, at installation: no build needs them, and a tree that was
# configured for another machine, whose program cannot run here, installs without them.
install-data-hook:
	@$(MKDIR_P) '$(DESTDIR)$(mandir)/man1' '$(DESTDIR)$(datadir)/bash-completion/completions'
	@if ./fhrl$(EXEEXT) --man >/dev/null 2>&1; then \
	  ./fhrl$(EXEEXT) --man >'$(DESTDIR)$(mandir)/man1/fhrl.1' && \
	  for c in `./fhrl$(EXEEXT) --man | sed -n 's/^\.BR fhrl.-\([a-z]*\) (1)/\1/p'`; do \
	    ./fhrl$(EXEEXT) --man=$$c >'$(DESTDIR)$(mandir)/man1'/fhrl-$$c.1 || exit 1; \
	  done && \
	  ./fhrl$(EXEEXT) --completion >'$(DESTDIR)$(datadir)/bash-completion/completions/fhrl'; \
	fi

uninstall-hook:
	rm -f '$(DESTDIR)$(mandir)/man1'/fhrl.1 '$(DESTDIR)$(mandir)/man1'/fhrl-*.1 \
	  '$(DESTDIR)$(datadir)/bash-completion/completions/fhrl'
