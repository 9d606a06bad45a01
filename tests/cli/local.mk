# SPDX-License-Identifier: GPL-3.0-or-later
check_SCRIPTS += tests/style.sh
check_SCRIPTS += tests/cli/test_errors.sh
check_SCRIPTS += tests/cli/test_damage.sh
check_SCRIPTS += tests/cli/test_ensemble.sh
check_SCRIPTS += tests/cli/test_train.sh
check_SCRIPTS += tests/cli/test_simulate.sh
check_SCRIPTS += tests/cli/test_resume.sh
check_SCRIPTS += tests/cli/test_sample.sh
check_SCRIPTS += tests/cli/test_probe.sh
check_SCRIPTS += tests/cli/test_gamma.sh
check_SCRIPTS += tests/cli/test_reproduce.sh
check_SCRIPTS += tests/cli/test_compare.sh
check_SCRIPTS += tests/cli/test_docs.sh
check_SCRIPTS += tests/cli/test_manual.sh
check_SCRIPTS += tests/cli/test_idp.sh
check_SCRIPTS += tests/cli/test_tour.sh
check_SCRIPTS += tests/cli/test_iss.sh
check_SCRIPTS += tests/cli/test_equilibria.sh
check_SCRIPTS += tests/cli/test_continue.sh
check_SCRIPTS += tests/cli/test_portrait.sh
check_SCRIPTS += tests/cli/test_exponents.sh
check_SCRIPTS += tests/cli/test_own_model.sh
check_SCRIPTS += tests/cli/test_sweep.sh
EXTRA_DIST += tests/cli/installed.sh
EXTRA_DIST += tests/cli/lib.sh tests/count.sh tests/ci.sh

# What takes minutes: the tour of README.md as printed, with the network at its full size; where the cycle of
# memories ends; whether intervals of exponents cover.
check-long: all tests/models/test_idp_cycle$(EXEEXT) tests/analysis/test_exponents_blocks$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) FHRL_LONG=1 tests/models/test_idp_cycle$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) FHRL_TOUR=full $(srcdir)/tests/cli/test_tour.sh
	$(AM_TESTS_ENVIRONMENT) FHRL_COVER=full CK_RUN_CASE=cover timeout 1500 tests/analysis/test_exponents_blocks$(EXEEXT)
.PHONY: check-long

# After `make install`, from where it was installed to (also below DESTDIR).
installcheck-local:
	$(SHELL) $(srcdir)/tests/cli/installed.sh '$(DESTDIR)$(bindir)/fhrl' '$(DESTDIR)$(pkgdatadir)' \
	  '$(DESTDIR)$(pkgincludedir)' '$(DESTDIR)'
