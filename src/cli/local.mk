# SPDX-License-Identifier: GPL-3.0-or-later
fhrl_SOURCES += src/cli/main.c
