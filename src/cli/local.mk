# SPDX-License-Identifier: GPL-3.0-or-later
# cli: main and one file per command; no arithmetic lives here
fhrl_SOURCES += src/cli/main.c
fhrl_SOURCES += src/cli/command.c src/cli/command_table.c src/cli/command.h
fhrl_SOURCES += src/cli/manual.c src/cli/manual.h
fhrl_SOURCES += src/cli/version.c src/cli/version.h
fhrl_SOURCES += src/cli/members.c src/cli/members.h
fhrl_SOURCES += src/cli/output.c src/cli/output.h
fhrl_SOURCES += src/cli/setup.c src/cli/setup.h
fhrl_SOURCES += src/cli/operand.c src/cli/operand.h
fhrl_SOURCES += src/cli/notes.c src/cli/notes.h
fhrl_SOURCES += src/cli/cmd_models.c src/cli/cmd_models.h
fhrl_SOURCES += src/cli/cmd_train.c
fhrl_SOURCES += src/cli/cmd_probe.c
fhrl_SOURCES += src/cli/trained.c src/cli/trained.h
fhrl_SOURCES += src/cli/cmd_sample.c
fhrl_SOURCES += src/cli/cmd_compare.c
fhrl_SOURCES += src/cli/cmd_reproduce.c
fhrl_SOURCES += src/cli/cmd_simulate.c
fhrl_SOURCES += src/cli/cmd_iss.c
fhrl_SOURCES += src/cli/cmd_equilibria.c
fhrl_SOURCES += src/cli/cmd_continue.c
fhrl_SOURCES += src/cli/cmd_portrait.c src/cli/preview.c src/cli/preview.h
fhrl_SOURCES += src/cli/cmd_exponents.c
fhrl_SOURCES += src/cli/cmd_sweep.c
fhrl_SOURCES += src/cli/sweep_wishes.c src/cli/sweep_wishes.h
fhrl_SOURCES += src/cli/cmd_plot.c

# The commit that --version names, looked up at every build and rewritten only when it changed.
BUILT_SOURCES += src/cli/commit.h
CLEANFILES += src/cli/commit.h
nodist_fhrl_SOURCES = src/cli/commit.h
src/cli/commit.h: commit-is-looked-up
	$(AM_V_GEN)$(MKDIR_P) src/cli; \
	c=`test -e $(srcdir)/.git && git -C $(srcdir) describe --always --dirty --abbrev=12 2>/dev/null || echo released`; \
	echo "#define FHRL_COMMIT \"$$c\"" > $@.tmp; \
	if cmp -s $@.tmp $@; then rm -f $@.tmp; else mv $@.tmp $@; fi
# said here too, because BUILT_SOURCES are made first only by `make all` and `make check`, not by `make fhrl`
src/cli/version.$(OBJEXT): src/cli/commit.h
commit-is-looked-up:
.PHONY: commit-is-looked-up
