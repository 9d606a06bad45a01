# SPDX-License-Identifier: GPL-3.0-or-later
check_SCRIPTS += tests/style.sh
check_SCRIPTS += tests/cli/test_errors.sh
check_SCRIPTS += tests/cli/test_train.sh
check_SCRIPTS += tests/cli/test_simulate.sh
check_SCRIPTS += tests/cli/test_resume.sh
check_SCRIPTS += tests/cli/test_sample.sh
check_SCRIPTS += tests/cli/test_probe.sh
check_SCRIPTS += tests/cli/test_gamma.sh
check_SCRIPTS += tests/cli/test_compare.sh
check_SCRIPTS += tests/cli/test_docs.sh
check_SCRIPTS += tests/cli/test_manual.sh
check_SCRIPTS += tests/cli/test_tour.sh
check_SCRIPTS += tests/cli/test_iss.sh
check_SCRIPTS += tests/cli/test_portrait.sh
check_SCRIPTS += tests/cli/test_own_model.sh
EXTRA_DIST += tests/cli/installed.sh
EXTRA_DIST += tests/cli/lib.sh tests/count.sh tests/ci.sh

# What takes minutes: the tour of README.md as printed, with the network at its full size.
check-long: all
	$(AM_TESTS_ENVIRONMENT) FHRL_TOUR=full $(srcdir)/tests/cli/test_tour.sh
.PHONY: check-long

# After `make install`, from where it was installed to (also below DESTDIR).
installcheck-local:
	$(SHELL) $(srcdir)/tests/cli/installed.sh '$(DESTDIR)$(bindir)/fhrl' '$(DESTDIR)$(pkgdatadir)' \
	  '$(DESTDIR)$(pkgincludedir)' '$(DESTDIR)'
